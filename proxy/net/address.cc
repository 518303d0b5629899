#include "proxy/net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <uv.h>

#include <cstring>

#include "verifier/check.h"

namespace danegate {

Result<SocketAddress, std::string> SocketAddress::Parse(const std::string& host,
                                                        std::uint16_t port) {
  SocketAddress address;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage_);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage_);
  if (uv_ip4_addr(host.c_str(), port, v4) == 0) return address;
  if (uv_ip6_addr(host.c_str(), port, v6) == 0) return address;
  return Failure("expected an IP address, got '" + host + "'");
}

SocketAddress SocketAddress::From(const sockaddr_storage& storage) {
  DANEGATE_CHECK(storage.ss_family == AF_INET || storage.ss_family == AF_INET6);
  SocketAddress address;
  address.storage_ = storage;
  return address;
}

SocketAddress SocketAddress::FromOctets(std::span<const std::uint8_t> octets,
                                        std::uint16_t port) {
  DANEGATE_CHECK(octets.size() == 4 || octets.size() == 16);
  SocketAddress address;
  if (octets.size() == 4) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage_);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    std::memcpy(&v4->sin_addr, octets.data(), octets.size());
  } else {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage_);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    std::memcpy(&v6->sin6_addr, octets.data(), octets.size());
  }
  return address;
}

socklen_t SocketAddress::length() const {
  return family() == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}

std::uint16_t SocketAddress::port() const {
  return ntohs(
      family() == AF_INET
          ? reinterpret_cast<const sockaddr_in*>(&storage_)->sin_port
          : reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_port);
}

std::string SocketAddress::NetworkText() const {
  SocketAddress network = *this;
  if (family() == AF_INET) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&network.storage_);
    v4->sin_addr.s_addr &= htonl(0xffffff00);
  } else {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&network.storage_);
    std::memset(v6->sin6_addr.s6_addr + 6, 0, 10);
  }
  char text[INET6_ADDRSTRLEN + UV_IF_NAMESIZE] = "";
  uv_ip_name(network.get(), text, sizeof text);
  return text + std::string(family() == AF_INET ? "/24" : "/48");
}

std::string SocketAddress::ToString() const {
  char text[INET6_ADDRSTRLEN + UV_IF_NAMESIZE] = "";
  uv_ip_name(get(), text, sizeof text);
  const std::string port_text = ":" + std::to_string(port());
  if (family() == AF_INET) return text + port_text;
  return "[" + std::string(text) + "]" + port_text;
}

}  // namespace danegate
