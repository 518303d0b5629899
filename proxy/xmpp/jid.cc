#include "proxy/xmpp/jid.h"

#include <algorithm>

#include "proxy/xmpp/limits.h"

namespace danegate {
namespace {

// RFC 7622 3.3.1, and the characters below space.
bool IsNodeCharacter(char c) {
  return static_cast<unsigned char>(c) > 0x20 && c != 0x7F &&
         std::string_view("\"&'/:<>@").find(c) == std::string_view::npos;
}

bool HasPartLength(std::string_view part) {
  return !part.empty() && part.size() <= limits::kJidPartBytes;
}

bool IsNode(std::string_view node) {
  return HasPartLength(node) &&
         std::all_of(node.begin(), node.end(), IsNodeCharacter);
}

}  // namespace

std::optional<std::string_view> DomainOfJid(std::string_view jid) {
  const auto slash = jid.find('/');
  if (slash != std::string_view::npos) {
    if (!HasPartLength(jid.substr(slash + 1))) return std::nullopt;
    jid = jid.substr(0, slash);
  }
  const auto at = jid.find('@');
  if (at != std::string_view::npos) {
    if (!IsNode(jid.substr(0, at))) return std::nullopt;
    jid = jid.substr(at + 1);
  }
  if (jid.empty()) return std::nullopt;
  return jid;
}

}  // namespace danegate
