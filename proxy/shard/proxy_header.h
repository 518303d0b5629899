// The PROXY protocol header, version 2: who the peer of a handed-off stream is,
// for the backend. Pure.
#pragma once

#include <string>
#include <string_view>

namespace danegate {

class SocketAddress;

// A PROXY v2 header (command PROXY, TCP) with `fields` behind the addresses:
// what WriteProxyField() wrote. The LOCAL command is never written: both
// backends fail on it. REQUIRES: both addresses of one family; at most 60,000
// octets of fields.
std::string WriteProxyHeader(const SocketAddress& source,
                             const SocketAddress& destination,
                             std::string_view fields = {});

// One TLV: what kind, how long, what. REQUIRES: at most 60,000 octets.
std::string WriteProxyField(unsigned char type, std::string_view value);

}  // namespace danegate
