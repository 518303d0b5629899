// What peers and the edge write about a pair of domains, for expectations.
#pragma once

#include <string>
#include <string_view>

namespace danegate {

inline std::string DbResult(std::string_view from, std::string_view to,
                            std::string_view key = "k") {
  return "<db:result from='" + std::string(from) + "' to='" + std::string(to) +
         "'>" + std::string(key) + "</db:result>";
}

// The answer to a result for the pair.
inline std::string DbValid(std::string_view from, std::string_view to) {
  return "<db:result from='" + std::string(to) + "' to='" + std::string(from) +
         "' type='valid'/>";
}

inline std::string MessageStanza(std::string_view from, std::string_view to) {
  return "<message from='a@" + std::string(from) + "' to='b@" +
         std::string(to) + "'/>";
}

inline std::string StanzaError(std::string_view condition) {
  return "<" + std::string(condition) +
         " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>";
}

}  // namespace danegate
