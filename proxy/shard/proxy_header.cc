#include "proxy/shard/proxy_header.h"

#include <netinet/in.h>

#include <string_view>

#include "proxy/net/address.h"
#include "verifier/check.h"

namespace danegate {
namespace {

constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr char kVersion2Proxy = 0x21;
constexpr char kTcp4 = 0x11;
constexpr char kTcp6 = 0x21;
constexpr std::size_t kMostFields = 60'000;

// The octets of the address and of the port, in network order.
struct Octets {
  std::string address;
  std::string port;
};

Octets OctetsOf(const SocketAddress& socket_address) {
  const auto bytes = [](const auto& field) {
    return std::string(reinterpret_cast<const char*>(&field), sizeof field);
  };
  if (socket_address.family() == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(socket_address.get());
    return {bytes(v4->sin_addr), bytes(v4->sin_port)};
  }
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(socket_address.get());
  return {bytes(v6->sin6_addr), bytes(v6->sin6_port)};
}

// In network order.
std::string LengthOf(std::string_view octets) {
  return {static_cast<char>(octets.size() >> 8),
          static_cast<char>(octets.size() & 0xFF)};
}

}  // namespace

std::string WriteProxyHeader(const SocketAddress& source,
                             const SocketAddress& destination,
                             std::string_view fields) {
  DANEGATE_CHECK(fields.size() <= kMostFields);
  DANEGATE_CHECK(source.family() == destination.family());
  const Octets from = OctetsOf(source);
  const Octets to = OctetsOf(destination);
  const std::string body =
      from.address + to.address + from.port + to.port + std::string(fields);
  std::string header(kSignature);
  header += kVersion2Proxy;
  header += source.family() == AF_INET ? kTcp4 : kTcp6;
  return header + LengthOf(body) + body;
}

std::string WriteProxyField(unsigned char type, std::string_view value) {
  DANEGATE_CHECK(value.size() <= kMostFields);
  return static_cast<char>(type) + LengthOf(value) + std::string(value);
}

}  // namespace danegate
