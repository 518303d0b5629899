// A stanza guard of one pair, and what passed it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "proxy/xmpp/stanza_guard.h"
#include "tests/support/domains.h"

namespace danegate {

inline constexpr std::size_t kStanzaBytes = 10'000;
inline constexpr std::string_view kScope =
    "<stream:stream xmlns='jabber:server' "
    "xmlns:stream='http://etherx.jabber.org/streams' "
    "xmlns:db='jabber:server:dialback'>";

// A guard, and everything that passed it.
struct Guarded {
  explicit Guarded(std::string_view scope = kScope)
      : guard(std::string(scope)) {
    guard.Admit(kHeaderPair, Proven("peer.example"), D("tenant.example"),
                kStanzaBytes);
  }

  void Feed(std::string_view bytes) {
    guard.OnBytes(bytes, now);
    for (const auto& run : guard.runs()) {
      passed += run.bytes;
      stanzas += run.stanzas;
    }
  }
  // "open", "closed", "peer CONDITION" or the violation's condition.
  std::string End() const {
    if (!guard.end()) return "open";
    const auto& end = *guard.end();
    const std::string condition(ToString(end.error.condition));
    switch (end.kind) {
      case StanzaGuard::End::Kind::kClosed:
        return "closed";
      case StanzaGuard::End::Kind::kPeerError:
        return "peer " + condition;
      case StanzaGuard::End::Kind::kViolation:
        return condition;
    }
    return "";
  }

  Instant now{std::chrono::hours(1)};
  StanzaGuard guard;
  std::string passed;
  std::size_t stanzas = 0;
};

inline std::string Stanza(std::string_view content = "",
                          std::string_view attributes =
                              "from='a@peer.example/r' to='b@tenant.example'") {
  return "<message " + std::string(attributes) + ">" + std::string(content) +
         "</message>";
}

// A stanza of exactly `size` octets.
inline std::string StanzaOf(std::size_t size) {
  const auto empty = Stanza();
  return Stanza(std::string(size - empty.size(), 'x'));
}

}  // namespace danegate
