// AuthorityStream is our stream to the authoritative server of a domain that a
// peer claims, to ask whether it made the peer's dialback key (XEP-0220 2.1.2;
// spec G.3). Sans-IO, with the same contract as EgressStream.
//
// Life: OnConnected() -> StartTls -> OnTlsEstablished() -> JudgeAuthority ->
// OnAuthorityJudged() -> <db:verify/> -> KeyVerified -> Close. KeyVerified
// comes exactly once, before Close at the latest, unless Finish() was called
// before. No SASL: the server answers about its keys on streams that are not
// proven (G-28), whatever else its features offer.
//
// TLS is required, and nothing is asked before the certificate has been judged
// (G-26, G-27). An answer counts if its from, to and id are those of the
// question (G-12, G-23); all else is read over.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "proxy/xmpp/action.h"
#include "proxy/xmpp/outbound_settings.h"
#include "verifier/instant.h"

namespace danegate {

// What is asked: whether `stream.to` made `key` for `stream.from`, the tenant's
// domain, on the stream whose response header had `id` (G-02).
struct AuthoritySettings {
  OutboundSettings stream;
  std::string id;
  std::string key;
};

class AuthorityStream {
 public:
  AuthorityStream(const AuthoritySettings&, Instant now);
  ~AuthorityStream();

  void OnConnected(Instant now);
  void OnBytes(std::span<const std::byte>, Instant now);
  void OnTlsEstablished(Instant now);
  void OnAuthorityJudged(bool acceptable, Instant now);
  // The server's side is over: `clean` if close_notify came first. Also where
  // no connection came about.
  void OnClosed(bool clean, Instant now);
  void OnDeadline(Instant now);
  // The answer is not needed any more.
  void Finish(Instant now);

  std::optional<Action> NextAction();
  Instant deadline() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace danegate
