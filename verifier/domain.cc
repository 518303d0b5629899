#include "verifier/domain.h"

#include <idn2.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace danegate {

namespace {

constexpr std::size_t kMaxName = 253;  // RFC 1035 2.3.4, without the last dot
constexpr std::size_t kMaxLabel = 63;
// RFC 7622 3.2: no domainpart is longer, in UTF-8. It bounds the work of IDNA.
constexpr std::size_t kMaxText = 1023;

// UTS 46 mapping (case, width, dots, normalisation), non-transitional (the
// German sharp s stays), then IDNA 2008's look-up rules. Without
// IDN2_USE_STD3_ASCII_RULES, which does not refuse a full-width '@' but drops
// it; RefuseCanonical() finds what is no host name, in A-labels too, since
// punycode leaves ASCII as it is.
constexpr int kIdnaFlags = IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL;

struct Idn2Free {
  void operator()(char* text) const { idn2_free(text); }
};
using Idn2Text = std::unique_ptr<char, Idn2Free>;

bool IsAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }

char ToLower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsHexDigit(char c) {
  return IsDigit(c) || (ToLower(c) >= 'a' && ToLower(c) <= 'f');
}

bool IsHostCharacter(char c) {
  return IsDigit(c) || c == '-' || (ToLower(c) >= 'a' && ToLower(c) <= 'z');
}

// "xn--…" and the other labels with "--" in their third place, which RFC 5890
// 2.3.1 reserves and IDNA refuses.
bool IsReservedLdh(std::string_view label) {
  return label.size() >= 4 && label[2] == '-' && label[3] == '-';
}

template <typename Predicate>
bool AnyLabel(std::string_view name, Predicate predicate) {
  for (;;) {
    const std::size_t dot = name.find('.');
    if (predicate(name.substr(0, dot))) return true;
    if (dot == std::string_view::npos) return false;
    name.remove_prefix(dot + 1);
  }
}

// In brackets, or with the colons that no host name has. "host:5269" has one:
// that is a bad label, not an address.
bool IsIpv6Literal(std::string_view text) {
  return text.front() == '[' || std::count(text.begin(), text.end(), ':') > 1;
}

// Everything that any inet_aton() takes ends in a number: "192.0.2.1", "127.1",
// "0x7f.1", "2130706433". No top-level domain is one (RFC 3696 section 2).
bool IsIpv4Literal(std::string_view name) {
  const std::string_view last = name.substr(name.rfind('.') + 1);
  if (std::all_of(last.begin(), last.end(), IsDigit)) return true;
  return last.starts_with("0x") &&
         std::all_of(last.begin() + 2, last.end(), IsHexDigit);
}

bool IsBadLabel(std::string_view label) {
  return label.empty() || label.size() > kMaxLabel || label.front() == '-' ||
         label.back() == '-' ||
         !std::all_of(label.begin(), label.end(), IsHostCharacter);
}

bool NeedsIdna(std::string_view name) {
  return !std::all_of(name.begin(), name.end(), IsAscii) ||
         AnyLabel(name, IsReservedLdh);
}

std::optional<std::string> MapOnce(const std::string& name) {
  char* mapped = nullptr;
  const int status =
      idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(name.c_str()),
                     reinterpret_cast<std::uint8_t**>(&mapped), kIdnaFlags);
  const Idn2Text owned(mapped);
  if (status != IDN2_OK) return std::nullopt;
  return std::string(owned.get());
}

std::optional<std::string> ToUnicodeText(const std::string& ascii) {
  char* text = nullptr;
  const int status =
      idn2_to_unicode_8z8z(ascii.c_str(), &text, IDN2_NONTRANSITIONAL);
  const Idn2Text owned(text);
  if (status != IDN2_OK) return std::nullopt;
  return std::string(owned.get());
}

// Refuses A-labels that their own U-labels do not lead back to (RFC 5891
// section 5.4): two spellings of one domain would each be canonical.
std::optional<std::string> MapIdna(const std::string& name) {
  auto mapped = MapOnce(name);
  if (!mapped || !NeedsIdna(*mapped)) return mapped;
  const auto unicode = ToUnicodeText(*mapped);
  if (!unicode || MapOnce(*unicode) != mapped) return std::nullopt;
  return mapped;
}

std::optional<DomainError> RefuseUnread(std::string_view text) {
  if (text.empty()) return DomainError::kEmpty;
  if (text.size() > kMaxText) return DomainError::kTooLong;
  if (text.find_first_of("@/") != std::string_view::npos) {
    return DomainError::kNotBare;
  }
  if (IsIpv6Literal(text)) return DomainError::kIpLiteral;
  const bool readable = std::all_of(text.begin(), text.end(), [](char c) {
    return !IsAscii(c) || c == '.' || IsHostCharacter(c);
  });
  if (!readable) return DomainError::kBadLabel;
  return std::nullopt;
}

std::optional<DomainError> RefuseCanonical(const std::string& name) {
  if (name.empty()) return DomainError::kEmpty;
  if (AnyLabel(name, IsBadLabel)) return DomainError::kBadLabel;
  if (name.size() > kMaxName) return DomainError::kTooLong;
  // After the mapping, which makes ASCII digits of full-width ones.
  if (IsIpv4Literal(name)) return DomainError::kIpLiteral;
  return std::nullopt;
}

}  // namespace

Result<Domain, DomainError> Domain::Parse(std::string_view text) {
  if (const auto error = RefuseUnread(text)) return Failure(*error);
  std::string name(text);
  if (NeedsIdna(name)) {
    auto mapped = MapIdna(name);
    if (!mapped) return Failure(DomainError::kBadIdn);
    name = *std::move(mapped);
  } else {
    std::transform(name.begin(), name.end(), name.begin(), ToLower);
  }
  if (name.ends_with('.')) name.pop_back();
  if (const auto error = RefuseCanonical(name)) return Failure(*error);
  return Domain(std::move(name));
}

std::string Domain::ToUnicode() const {
  return ToUnicodeText(ascii_).value_or(ascii_);
}

std::string_view Domain::parent() const {
  const std::size_t dot = ascii_.find('.');
  if (dot == std::string::npos) return {};
  return std::string_view(ascii_).substr(dot + 1);
}

}  // namespace danegate
