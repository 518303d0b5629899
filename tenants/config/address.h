// Socket addresses as settings write them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "verifier/result.h"

namespace danegate {

struct ConfiguredAddress {
  std::string host;  // an IPv4 or IPv6 address, canonical, without brackets
  std::uint16_t port = 0;

  friend bool operator==(const ConfiguredAddress&,
                         const ConfiguredAddress&) = default;
};

// From "10.0.3.7:5269" or "[2001:db8::7]:5269"; port 0 is none. An IPv4-mapped
// address is the IPv4 one: "[::ffff:10.0.3.7]:5269" is 10.0.3.7. The error says
// what was expected and what came.
Result<ConfiguredAddress, std::string> ParseConfiguredAddress(
    std::string_view text);

// From "192.0.2.1" or "192.0.2.1@5353", "2001:db8::1@53": libunbound's form.
bool IsForwardAddress(std::string_view text);

// REQUIRES: a host of ConfiguredAddress.
bool IsLoopback(const std::string& host);
// Whether a server can live there: not unspecified, not multicast.
bool IsServerAddress(const std::string& host);

}  // namespace danegate
