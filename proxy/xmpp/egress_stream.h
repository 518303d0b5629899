// EgressStream is our stream towards a server, as the initiating side: header,
// STARTTLS, TLS, EXTERNAL, restart (spec A.3, B). It serves the hand-off to a
// backend. Sans-IO, with the same contract as IngressStream.
//
// Life: OnConnected() -> StartTls -> OnTlsEstablished() -> Ready -> Restart()
// -> Features -> … -> Finish() or the server's close -> Close. StartTls comes
// at once where TLS is direct, else after the server has agreed to STARTTLS. A
// failure before Ready, and every later end, is one action::Close.
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
#include "proxy/xmpp/outbound_settings.h"
#include "verifier/instant.h"

namespace danegate {

// `from` is as whom: the proven peer's domain; `to` is the tenant's.
using EgressSettings = OutboundSettings;

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
  // Writes the header after SASL. REQUIRES: Ready was emitted, called once;
  // ignored if the stream has ended since.
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
