#include "tenants/config/domain_mistake.h"

#include <algorithm>

#include "tenants/config/config_error.h"
#include "tenants/config/utf8_text.h"

namespace danegate {
namespace {

constexpr std::size_t kMostInLabel = 63;
// They say how letters join, and IDNA knows where they may stand.
constexpr std::string_view kJoiners[] = {"\xE2\x80\x8C", "\xE2\x80\x8D"};

bool IsHostCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '-';
}

std::string LabelMistake(std::string_view label) {
  if (label.empty()) return "there is nothing before a dot; remove the dot";
  if (label.size() > kMostInLabel) {
    return "its part " + InQuotes(label) +
           " is longer than 63 octets; shorten it";
  }
  if (label.front() == '-' || label.back() == '-') {
    return "a part of it begins or ends with '-'; remove the '-'";
  }
  const auto bad = std::find_if_not(label.begin(), label.end(), [](char c) {
    return IsHostCharacter(c) || static_cast<unsigned char>(c) >= 0x80;
  });
  if (bad == label.end()) return "";
  if (*bad == ':') return "it has a ':' in it; leave out the port";
  return "no host name has " +
         (*bad == ' ' ? "a space" : ShowCharacter({&*bad, 1})) +
         " in it; write letters, digits and '-' with dots between";
}

std::string BadLabel(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  for (;;) {
    const auto dot = name.find('.');
    const std::string mistake = LabelMistake(name.substr(0, dot));
    if (!mistake.empty()) return mistake;
    if (dot == std::string_view::npos) break;
    name.remove_prefix(dot + 1);
  }
  return "one of its parts cannot be in a host name; write its xn-- form";
}

std::string Explain(std::string_view text, DomainError error) {
  switch (error) {
    case DomainError::kEmpty:
      return "it is empty; write a name, or remove it";
    case DomainError::kTooLong:
      return "it is longer than 253 octets; shorten it";
    case DomainError::kBadLabel:
      return BadLabel(text);
    case DomainError::kBadIdn:
      return "it is not a valid internationalised name (IDNA 2008); write the "
             "name as it is registered, or its xn-- form";
    case DomainError::kIpLiteral:
      return "it is an IP address, and peers are found by name; write the name";
    case DomainError::kNotBare:
      return text.find("://") != std::string_view::npos
                 ? "it is a URL; write the name of the host alone"
                 : "it is an address of somebody; leave out the part with '@' "
                   "or '/'";
  }
  return "it is no name";
}

}  // namespace

std::string DomainMistake(std::string_view text, DomainError error) {
  return "expected a domain such as acme.example; found " + InQuotes(text) +
         ": " + Explain(text, error);
}

std::optional<std::string> UnseenMistake(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = std::max<std::size_t>(Utf8LengthAt(text, i), 1);
    const std::string_view character = text.substr(i, length);
    i += length;
    if (std::ranges::find(kJoiners, character) != std::end(kJoiners)) continue;
    if (ShowCharacter(character) == character) continue;
    return "expected a domain such as acme.example; found " + InQuotes(text) +
           ": it has " + ShowCharacter(character) +
           " in it, which cannot be seen; write the name again, without it";
  }
  return std::nullopt;
}

}  // namespace danegate
