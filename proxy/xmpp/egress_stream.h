// EgressStream is our stream towards a server, as the initiating side: header,
// STARTTLS, TLS, EXTERNAL, restart (spec A.3, B). It serves the hand-off to a
// backend. Sans-IO, with the same contract as IngressStream.
//
// Where the settings have an `offer`, there is neither TLS nor SASL: the
// backend is told in front of the stream who the peer is (HandOffExchange). Its
// answer makes us Ready, and Restart() writes the only header there is. Ready
// cannot wait for the backend's features instead: the peer is told <success/>
// by it, and only after that sends the header whose declarations ours must have
// . Nor is Ready at once an option: the backend may yet refuse.
//
// Life: OnConnected() -> StartTls -> OnTlsEstablished() -> Ready -> Restart()
// -> Features -> … -> Finish() or the server's close -> Close. StartTls comes
// at once where TLS is direct, else after the server has agreed to STARTTLS,
// and not at all where there is an offer. A failure before Ready, and every
// later end, is one action::Close.
//
// Nothing is sent that the server has not asked for yet: no header goes with
// <auth/>, because neither Prosody nor ejabberd would read it. The stream is
// one way: stanzas that come from the server are read over and dropped (G-38).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "proxy/xmpp/action.h"
#include "proxy/xmpp/hand_off_exchange.h"
#include "verifier/domain.h"
#include "verifier/instant.h"

namespace danegate {

struct EgressSettings {
  Domain from;  // as whom: the proven peer's
  Domain to;    // the tenant's
  bool direct_tls = false;
  // Of a hand-off without TLS and SASL; nothing: it is to be done with both.
  std::optional<HandOffOffer> offer = std::nullopt;
};

class EgressStream {
 public:
  EgressStream(const EgressSettings&, Instant now);
  ~EgressStream();

  void OnConnected(Instant now);
  void OnBytes(std::span<const std::byte>, Instant now);
  void OnTlsEstablished(Instant now);
  // The server's side is over: `clean` if close_notify came first.
  void OnClosed(bool clean, Instant now);
  void OnDeadline(Instant now);
  // Writes the header of the authenticated stream. REQUIRES: Ready was emitted,
  // called once; ignored if the stream has ended since.
  void Restart(const HeaderDeclarations&, Instant now);
  // Ends the stream in good order: "</stream:stream>", then Close when the
  // server answers or a deadline passes.
  void Finish(Instant now);

  std::optional<Action> NextAction();
  // Never() between Ready and Restart(), and on an established stream.
  Instant deadline() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace danegate
