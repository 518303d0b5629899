// HandOff is what we say to a backend that takes streams without TLS and SASL,
// on a network that can be trusted, and what it must answer. Pure. This is the
// manual of the format; deploy/prosody/mod_danegate.lua reads it.
//
// We begin with a PROXY v2 header: command PROXY, TCP, the peer's address and
// that of our listener, and these TLVs:
//
//   0x02  the domain that the stream is for, as in the stream header (UTF-8)
//   0xE0  the domain that the peer has proven, as in the stream header; left
//         out in a check, which asks only whether streams would be taken
//   0xE2  seconds since 1970, eight octets in network order
//   0xE3  a nonce: 32 octets that no other header has
//   0xE1  the seal, always last: 64 lower-case hex digits of
//         HMAC-SHA256(secret, "danegate hand-off 1" NUL H), where H is the
//         whole header but for this TLV
//
// What is sealed is the header's own octets, so no two headers can have one
// seal, nothing in a header is unsealed, and a reader checks the seal before
// it reads anything else. A backend refuses what is sealed with another secret,
// is more than 60 seconds off its clock, or has a nonce that it has seen in
// that time. Then it answers one line:
//
//   danegate-1 taken PROOF CR LF      the stream begins, with our header
//   danegate-1 refused WHY CR LF      to a right seal only; then it closes
//
// PROOF is 64 lower-case hex digits of HMAC-SHA256(secret, "danegate hand-off 1
// taken" NUL seal): so the backend is who knows the secret, and not whoever
// else listens there while it is down. To a wrong seal it says nothing.
//
// Nothing is encrypted: whoever can read or change what goes over the network
// can read and change stanzas. "1" is the version of all this.
#pragma once

#include <string>
#include <string_view>

#include "proxy/net/address.h"
#include "verifier/domain.h"
#include "verifier/instant.h"

namespace danegate {

struct HandOff {
  std::string header;
  // The line by which the backend takes it, without the end of the line.
  std::string answer;
};

// What a header says. `nonce` comes from StreamIds::NextId().
struct HandOffClaim {
  const SocketAddress& source;  // the peer
  const SocketAddress& destination;
  const ProvenDomain* peer;  // null: a check
  const Domain& to;
  UnixTime time;
  std::string_view nonce;
};

HandOff WriteHandOff(const HandOffClaim&, std::string_view secret);

}  // namespace danegate
