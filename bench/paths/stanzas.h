// Stanzas that the benchmarks send: of a size, and as servers write them.
#pragma once

#include <cstddef>
#include <string>

namespace danegate::bench {

// A chat message of `size` octets, for tenant.example. REQUIRES: size >= 150.
inline std::string StanzaOf(std::size_t size) {
  const std::string head =
      "<message from='alice@peer.example/phone' to='bob@tenant.example' "
      "type='chat' id='a1b2c3'><body>";
  const std::string tail = "</body></message>";
  return head + std::string(size - head.size() - tail.size(), 'x') + tail;
}

}  // namespace danegate::bench
