// ProbeStream reaches TLS with another server and goes away again, so that its
// certificate can be seen. Sans-IO, with the same contract as EgressStream.
//
// Life: OnConnected() -> StartTls -> OnTlsEstablished() -> Close. Nothing is
// asked and nothing is opened inside TLS: close_notify is the end. What went
// wrong is in Close::detail; its reason is "closed" if all went well.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "proxy/xmpp/action.h"
#include "proxy/xmpp/outbound_settings.h"
#include "verifier/instant.h"

namespace danegate {

class ProbeStream {
 public:
  // Is over at `ends` at the latest.
  ProbeStream(const OutboundSettings&, Instant now, Instant ends);
  ~ProbeStream();

  void OnConnected(Instant now);
  void OnBytes(std::span<const std::byte>, Instant now);
  void OnTlsEstablished(Instant now);
  // The server's side is over: `clean` if it ended in good order.
  void OnClosed(bool clean, Instant now);
  void OnDeadline(Instant now);

  std::optional<Action> NextAction();
  Instant deadline() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace danegate
