// ToLocalAddress() is the socket address of a path, for both sides of
// local_server.h. Pure. Private to proxy/net.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <string>

#include "verifier/result.h"

namespace danegate {

// The error says how long a path may be.
inline Result<sockaddr_un, std::string> ToLocalAddress(
    const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return Failure("'" + path +
                   "': expected the path of a socket, of at most " +
                   std::to_string(sizeof address.sun_path - 1) + " octets");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

inline const sockaddr* Generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

}  // namespace danegate
