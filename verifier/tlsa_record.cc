// TLSA records as such: RDATA and presentation form, and which of them can be
// used at all.
#include <openssl/bytestring.h>
#include <openssl/digest.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <charconv>
#include <optional>

#include "verifier/tlsa.h"
#include "verifier/x509/parsed_chain.h"

namespace danegate {

namespace {

constexpr std::size_t kNumbers = 3;  // usage, selector, matching type
constexpr std::size_t kMaxData = 65'535 - kNumbers;
constexpr char kExpected[] = "expected \"USAGE SELECTOR MATCHING HEX\", ";

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view SkipSpace(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  return text;
}

// Takes a number from 0 to 255 off the front.
std::optional<std::uint8_t> TakeNumber(std::string_view* text) {
  *text = SkipSpace(*text);
  std::uint8_t number = 0;
  const char* end = text->data() + text->size();
  const auto [next, error] = std::from_chars(text->data(), end, number);
  if (error != std::errc() || (next != end && !IsSpace(*next))) {
    return std::nullopt;
  }
  text->remove_prefix(static_cast<std::size_t>(next - text->data()));
  return number;
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Of the character that begins at `at`: all of it, as it may be UTF-8. Texts
// for people cut a record short with an ellipsis.
std::string WhyNoHex(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  for (const std::string_view ellipsis : {"…", "..."}) {
    if (!rest.starts_with(ellipsis)) continue;
    return "the record is cut short with \"" + std::string(ellipsis) +
           "\"; give all of its hex";
  }
  std::size_t end = 1;
  while (end < rest.size() && (rest[end] & 0xc0) == 0x80) ++end;
  return kExpected + ("found \"" + std::string(rest.substr(0, end))) +
         "\" in the hex";
}

Result<std::vector<std::uint8_t>, std::string> TakeHex(std::string_view text) {
  std::vector<std::uint8_t> data;
  int high = -1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (IsSpace(c)) continue;
    const int value = HexValue(c);
    if (value < 0) return Failure(WhyNoHex(text, i));
    if (high < 0) {
      high = value;
      continue;
    }
    data.push_back(static_cast<std::uint8_t>(high * 16 + value));
    high = -1;
  }
  if (high >= 0) {
    return Failure(kExpected +
                   std::string("found an odd number of hex digits"));
  }
  if (data.size() > kMaxData) {
    return Failure("a record holds at most " + std::to_string(kMaxData) +
                   " octets; found " + std::to_string(data.size()));
  }
  return data;
}

// "1 octet", "2 octets"
std::string Octets(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " octet" : " octets");
}

bool IsPublicKey(const std::vector<std::uint8_t>& data) {
  CBS input;
  CBS_init(&input, data.data(), data.size());
  const bssl::UniquePtr<EVP_PKEY> key(EVP_parse_public_key(&input));
  ERR_clear_error();
  return key != nullptr && CBS_len(&input) == 0;
}

std::string WhyLengthWrong(const TlsaRecord& record, std::size_t expected) {
  if (record.data.size() == expected) return "";
  return "the digest has " + Octets(record.data.size()) + "; matching type " +
         std::to_string(record.matching) + " has " + std::to_string(expected);
}

std::string WhyFullDataUnreadable(const TlsaRecord& record) {
  if (record.selector == 0) {
    return ParseCertificate(record.data) != nullptr
               ? ""
               : "the data is no certificate that can be read";
  }
  return IsPublicKey(record.data) ? ""
                                  : "the data is no public key of a known kind";
}

}  // namespace

Result<TlsaRecord, std::string> TlsaRecord::ParseRdata(
    std::span<const std::uint8_t> rdata) {
  if (rdata.size() <= kNumbers) {
    return Failure("expected usage, selector, matching type and data; found " +
                   Octets(rdata.size()));
  }
  const auto data = rdata.subspan(kNumbers);
  return TlsaRecord{rdata[0], rdata[1], rdata[2], {data.begin(), data.end()}};
}

Result<TlsaRecord, std::string> TlsaRecord::ParseText(std::string_view text) {
  std::uint8_t numbers[kNumbers];
  for (std::uint8_t& number : numbers) {
    const auto taken = TakeNumber(&text);
    if (!taken) {
      return Failure(kExpected +
                     std::string("three numbers from 0 to 255 at its start"));
    }
    number = *taken;
  }
  auto data = TakeHex(text);
  if (!data) return Failure(std::move(data).error());
  if (data->empty()) return Failure(kExpected + std::string("found no hex"));
  return TlsaRecord{numbers[0], numbers[1], numbers[2], *std::move(data)};
}

std::string TlsaRecord::ToText() const {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text = std::to_string(usage) + " " + std::to_string(selector) +
                     " " + std::to_string(matching) + " ";
  for (const std::uint8_t octet : data) {
    text += kDigits[octet >> 4];
    text += kDigits[octet & 15];
  }
  return text;
}

std::string WhyUnusable(const TlsaRecord& record) {
  if (record.usage > 3) {
    return "certificate usage " + std::to_string(record.usage) +
           " is not known; expected 0 to 3";
  }
  if (record.selector > 1) {
    return "selector " + std::to_string(record.selector) +
           " is not known; expected 0 or 1";
  }
  switch (record.matching) {
    case 0:
      return WhyFullDataUnreadable(record);
    case 1:
      return WhyLengthWrong(record, SHA256_DIGEST_LENGTH);
    case 2:
      return WhyLengthWrong(record, SHA512_DIGEST_LENGTH);
  }
  return "matching type " + std::to_string(record.matching) +
         " is not known; expected 0 to 2";
}

}  // namespace danegate
