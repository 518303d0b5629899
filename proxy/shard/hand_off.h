// A hand-off tells a backend, on a network that can be trusted, who the peer of
// a stream in cleartext is. Pure. This is the manual of the format, for the two
// that speak it: proxy/xmpp/hand_off_exchange.h,
// deploy/prosody/mod_danegate.lua.
//
// The backend begins, by a line that no connection has seen before:
//
//   danegate-1 challenge CHALLENGE CR LF     64 lower-case hex digits
//
// We say a PROXY v2 header: command PROXY, TCP, the peer's address and that of
// our listener, and these TLVs:
//
//   0x02  the domain that the stream is for, as in the stream header (UTF-8)
//   0xE0  the domain that the peer has proven, as in the stream header; left
//         out in a check, which asks only whether streams would be taken
//   0xE2  where we have connected to: 127.0.0.1:5275, [::1]:5275
//   0xE3  a nonce: 32 octets that no other header has
//   0xE1  the seal, always last: 64 lower-case hex digits of
//   HMAC-SHA256(secret,
//         "danegate hand-off 1 header" NUL CHALLENGE H), where H is the whole
//         header but for this TLV
//
// What is sealed is the header's own octets, so no two headers can have one
// seal, nothing in a header is unsealed, and a reader checks the seal before it
// reads anything else. It is good on this connection only, since no other has
// this challenge, and at this address only: whoever passes it on to the backend
// from where he listens himself is refused. The backend answers one line:
//
//   danegate-1 taken PROOF CR LF           the stream begins, with our header
//   danegate-1 refused PROOF WHY CR LF     to a right seal only; then it closes
//
// PROOF is 64 lower-case hex digits of HMAC-SHA256(secret, "danegate hand-off 1
// taken" NUL seal), or of (… "danegate hand-off 1 refused" NUL seal WHY): so
// the backend is who knows the secret, and not whoever else listens there while
// it is down. To a wrong seal it says nothing. A backend refuses a domain that
// it would write otherwise than we do, for example since it knows no "ß".
//
// Nothing is encrypted: whoever can read or change what goes over the network
// can read and change stanzas. "1" is the version of all this.
#pragma once

#include <string>
#include <string_view>

#include "proxy/net/address.h"
#include "verifier/domain.h"

namespace danegate {

// What a header says. `nonce` comes from StreamIds::NextId().
struct HandOffClaim {
  const SocketAddress& source;  // the peer
  const SocketAddress& destination;
  const ProvenDomain* peer;  // null: a check
  const Domain& to;
  const SocketAddress& backend;  // where we have connected to
  std::string_view nonce;
};

// The header without its seal, for a HandOffExchange.
std::string WriteHandOff(const HandOffClaim&);

}  // namespace danegate
