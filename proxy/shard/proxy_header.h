// The PROXY protocol header, version 2: who the peer of a handed-off stream is,
// for the backend's logs. Pure.
#pragma once

#include <string>

namespace danegate {

class SocketAddress;

// A PROXY v2 header (command PROXY, TCP). The LOCAL command is never written:
// both backends fail on it. REQUIRES: both addresses of one family.
std::string WriteProxyHeader(const SocketAddress& source,
                             const SocketAddress& destination);

}  // namespace danegate
