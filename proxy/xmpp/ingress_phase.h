// IngressPhase is where an inbound stream stands. In order:
//
//   kHeader -> kAddressee -> kStartTls -> kHandshake            in cleartext
//   kSecureHeader -> kAddressee -> kVerdict -> kAuth -> kBackend     inside TLS
//   kRestart -> kFeatures -> kEstablished                       authenticated
//
// A peer that names itself only by its authorization identity (B-11) goes
// kAddressee -> kAuth -> kAddressee -> kVerdict -> kBackend. One that dialback
// proves goes from kAuth or kDialback to kEstablished, without a restart; one
// that nothing can prove, and that may ask about keys, ends in kKeys. Where we
// end an established stream ourselves it goes through kClosing: we have said
// </stream:stream> and still read. kClosed is reached from everywhere.
#pragma once

#include <string_view>

#include "proxy/xmpp/stream_error.h"
#include "verifier/instant.h"

namespace danegate {

enum class IngressPhase {
  kHeader,
  kStartTls,
  kHandshake,
  kSecureHeader,
  kAddressee,
  kVerdict,
  kAuth,      // EXTERNAL is offered; dialback is taken too
  kDialback,  // only dialback can prove the peer
  kKeys,      // nothing can; it may ask about keys (G-28)
  kBackend,
  kRestart,
  kFeatures,
  kEstablished,
  kClosing,
  kClosed,
};

// The phase waits for the peer's XML.
bool IsReading(IngressPhase);
// The phase waits for our owner; what arrives is held.
bool IsWaiting(IngressPhase);
// <success/> was sent.
bool IsAuthenticated(IngressPhase);

// When a phase that is entered now must be over (E1); Never() for kEstablished
// and kClosed.
Instant DeadlineOf(IngressPhase, Instant now);
// What the peer is told when it was not.
StreamError TimeoutOf(IngressPhase);

}  // namespace danegate
