// SocketAddress is an IPv4 or IPv6 address with a port: a value, printable.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <span>
#include <string>

#include "verifier/result.h"

namespace danegate {

class SocketAddress {
 public:
  // `host` is a numeric address without brackets. The error is a sentence.
  static Result<SocketAddress, std::string> Parse(const std::string& host,
                                                  std::uint16_t port);
  // REQUIRES: an AF_INET or AF_INET6 address.
  static SocketAddress From(const sockaddr_storage&);

  // Of 4 or 16 octets in network order, as in A and AAAA records.
  static SocketAddress FromOctets(std::span<const std::uint8_t> octets,
                                  std::uint16_t port);

  const sockaddr* get() const {
    return reinterpret_cast<const sockaddr*>(&storage_);
  }
  socklen_t length() const;
  int family() const { return storage_.ss_family; }
  std::uint16_t port() const;
  // "192.0.2.1:5269", "[2001:db8::1]:5269".
  std::string ToString() const;
  // The network that an owner usually has: "192.0.2.0/24", "2001:db8:1::/48".
  std::string NetworkText() const;

 private:
  sockaddr_storage storage_{};
};

}  // namespace danegate
