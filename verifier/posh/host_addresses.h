// HostAddresses is where a host that a stranger named may be reached: its A and
// AAAA records, as far as an AddressGuard lets them through. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "verifier/address_guard.h"
#include "verifier/domain.h"
#include "verifier/verification/answers.h"

namespace danegate {

struct HostAddresses {
  // Threats 0.7; of either family there are half as many at least, if it has
  // them.
  static constexpr std::size_t kMax = 4;

  enum class Kind {
    kPending,  // answers are missing; they are wanted now
    kFailed,   // they could not be found out (E-23)
    kNone,     // there are none
    kRefused,  // there are some, none of which may be reached (E-18)
    kFound,
  };
  Kind kind = Kind::kPending;
  // For kFound: as in the records, IPv6 first.
  std::vector<std::vector<std::uint8_t>> addresses;
  // For kFailed: whether a signature was at fault.
  bool bogus = false;
  // For kFailed, kNone and kRefused: a sentence.
  std::string detail;
};

// One family that fails does no harm where the other has addresses, since the
// web certificate is what proves the host; one that is bogus does (E-23).
HostAddresses FindAddresses(const Domain& host, const AddressGuard&, Answers&);

}  // namespace danegate
