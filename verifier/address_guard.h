// AddressGuard says which addresses and ports may be reached because a stranger
// asked for it: who claims a domain decides where its names lead, and must not
// lead us into our own network (L-06, E-18, threats D4). Pure.
//
// What is not plainly a public unicast address is refused, and so is an address
// that embeds such a one (IPv4-mapped, 6to4, NAT64, ISATAP): a gateway would
// take it there. Thread: any; a plain value.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/result.h"

namespace danegate {

// AddressPrefix is a network: "127.0.0.0/8", "2001:db8::/32", or one address.
class AddressPrefix {
 public:
  // The error says what was expected and what was found. Bits behind the prefix
  // must be zero: "10.1.2.3/8" is a mistake, not 10.0.0.0/8.
  static Result<AddressPrefix, std::string> Parse(std::string_view text);

  // `address` has 4 or 16 octets; an IPv4 prefix holds IPv4 addresses only.
  bool Contains(std::span<const std::uint8_t> address) const;

  friend bool operator==(const AddressPrefix&, const AddressPrefix&) = default;

 private:
  AddressPrefix() = default;

  std::size_t size_ = 0;  // 4 or 16
  std::array<std::uint8_t, 16> octets_{};
  std::size_t bits_ = 0;
};

struct AddressGuardSettings {
  // Allowed, whatever else is said about them.
  std::vector<AddressPrefix> allowed;
  // Refused beside what always is: the operator's own public addresses, or a
  // NAT64 prefix of the network.
  std::vector<AddressPrefix> refused;
  // Where HTTPS is commonly spoken, Prosody's and ejabberd's ports included.
  // Everything else would make a port scanner of us.
  std::vector<std::uint16_t> ports = {443, 5281, 5443, 8443};
};

class AddressGuard {
 public:
  explicit AddressGuard(AddressGuardSettings settings = {})
      : settings_(std::move(settings)) {}

  // Empty if the address may be reached. `address` is as in A and AAAA records;
  // any other length is refused.
  std::string WhyRefused(std::span<const std::uint8_t> address) const;
  // Empty if it may be connected to.
  std::string WhyPortRefused(std::uint16_t port) const;

 private:
  AddressGuardSettings settings_;
};

}  // namespace danegate
