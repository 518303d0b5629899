#include "verifier/verification/rdata_text.h"

#include <arpa/inet.h>

#include <algorithm>

#include "verifier/verification/delegation.h"

namespace danegate {
namespace {

using Rdata = std::vector<std::uint8_t>;

std::string ShownHex(const Rdata& data) {
  if (data.size() <= kMaxShownOctets) return ToHex(data);
  return ToHex(std::span(data).first(kMaxShownOctets)) + "… (" +
         std::to_string(data.size()) + " octets)";
}

std::string Unknown(const Rdata& rdata) {
  return "\\# " + std::to_string(rdata.size()) + " " + ShownHex(rdata);
}

std::string AddressText(int family, std::size_t size, const Rdata& rdata) {
  char text[INET6_ADDRSTRLEN] = "";
  if (rdata.size() != size) return Unknown(rdata);
  ::inet_ntop(family, rdata.data(), text, sizeof text);
  return text;
}

std::string SrvText(const Rdata& rdata) {
  const auto record = SrvRecord::ParseRdata(rdata);
  return record ? record->ToText() : Unknown(rdata);
}

std::string TlsaText(const Rdata& rdata) {
  const auto record = TlsaRecord::ParseRdata(rdata);
  return record ? ToText(*record) : Unknown(rdata);
}

std::string RdataText(RecordType type, const Rdata& rdata) {
  switch (type) {
    case RecordType::kA:
      return AddressText(AF_INET, 4, rdata);
    case RecordType::kAaaa:
      return AddressText(AF_INET6, 16, rdata);
    case RecordType::kSrv:
      return SrvText(rdata);
    case RecordType::kTlsa:
      return TlsaText(rdata);
    case RecordType::kCname:
      return Unknown(rdata);
  }
  return Unknown(rdata);
}

std::string RecordsText(const Answer& answer) {
  std::string text;
  if (answer.canonical_name != answer.question.name &&
      !answer.canonical_name.empty()) {
    text = "CNAME " + answer.canonical_name + ".: ";
  }
  const std::size_t shown = std::min(answer.rdata.size(), kMaxShown);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) text += "; ";
    text += RdataText(answer.question.type, answer.rdata[i]);
  }
  if (shown < answer.rdata.size()) {
    text += "; and " + std::to_string(answer.rdata.size() - shown) + " more";
  }
  return text;
}

}  // namespace

std::string ToHex(std::span<const std::uint8_t> octets) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string hex;
  hex.reserve(2 * octets.size());
  for (const std::uint8_t octet : octets) {
    hex += kDigits[octet >> 4];
    hex += kDigits[octet & 0xf];
  }
  return hex;
}

std::string ToText(const TlsaRecord& record) {
  const TlsaRecord numbers{record.usage, record.selector, record.matching, {}};
  return numbers.ToText() + ShownHex(record.data);
}

std::string ToText(const Answer& answer) {
  switch (answer.status) {
    case DnsStatus::kData:
      return RecordsText(answer);
    case DnsStatus::kNoData:
      return "no such record";
    case DnsStatus::kNoName:
      return "no such name";
    case DnsStatus::kFailed:
      return answer.failure;
  }
  return "";
}

}  // namespace danegate
