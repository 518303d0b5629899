#include "bench/load/demo/free_ports.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace danegate {
namespace {

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// A socket that has the port, or another that is free for 0; -1 if none.
int Bound(int type, std::uint16_t* port) {
  const int made = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(*port);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (made >= 0 && ::bind(made, generic, size) == 0 &&
      ::getsockname(made, generic, &size) == 0) {
    *port = ntohs(address.sin_port);
    return made;
  }
  if (made >= 0) ::close(made);
  return -1;
}

}  // namespace

std::vector<std::uint16_t> FreePorts(std::size_t count) {
  constexpr std::size_t kTriesEach = 10;
  std::vector<std::uint16_t> ports;
  std::vector<int> held;  // until all are found, so that they differ
  for (std::size_t i = 0; i < count * kTriesEach && ports.size() < count; ++i) {
    std::uint16_t port = 0;
    const int tcp = Bound(SOCK_STREAM, &port);
    if (tcp < 0) break;
    held.push_back(tcp);
    const int udp = Bound(SOCK_DGRAM, &port);
    if (udp < 0) continue;
    held.push_back(udp);
    ports.push_back(port);
  }
  for (const int socket : held) ::close(socket);
  return ports;
}

}  // namespace danegate
