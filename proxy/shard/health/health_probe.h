// HealthProbe is one check under way. kTcp: whether a connection is taken.
// kXmpp: whether a stream header is answered by features with STARTTLS and TLS
// comes up (ProbeStream); with direct TLS, whether TLS comes up. The backend's
// certificate is not judged, and no stream is opened inside TLS. Where streams
// are handed off by a PROXY header: whether the backend would take one, which
// shows that both sides have the secret (hand_off.h). A server that demands a
// client certificate of TLS 1.2 itself fails the check: kTcp is for it.
//
// The owner asks outcome() from time to time. Lifetime: may be destroyed at any
// time but from within the loop's callbacks for it. Thread: the loop's.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "proxy/net/loop.h"
#include "proxy/shard/health/health_target.h"
#include "proxy/shard/secure_link.h"
#include "proxy/tls/client_context.h"
#include "proxy/xmpp/hand_off_exchange.h"
#include "proxy/xmpp/probe_stream.h"

namespace danegate {

class HealthProbe final : public SecureLinkOwner {
 public:
  static constexpr std::chrono::seconds kTime{3};

  // Begins to connect. `from` is who we say that we are. `context` outlives it.
  HealthProbe(Loop&, const ClientContext& context, const HealthTarget&,
              const Domain& from, Instant now);
  HealthProbe(const HealthProbe&) = delete;
  HealthProbe& operator=(const HealthProbe&) = delete;

  void OnTime(Instant now);

  const HealthTarget& target() const { return target_; }
  // Nothing yet; or why it does not work; or empty: it works.
  const std::optional<std::string>& outcome() const { return outcome_; }

 private:
  void OnConnected() override;
  void OnTlsEstablished() override;
  void OnPlaintext(std::span<const std::byte>) override;
  void OnDrained() override {}
  void OnEnded(const LinkEnd&) override;

  void AskForHandOff(const SocketAddress* local, const SocketAddress* remote);
  void OnExchange(std::span<const std::byte>);
  void Settle();
  void Carry(const Action&);
  void End(std::string why);

  const ClientContext& context_;
  const HealthTarget target_;
  const Instant ends_;
  std::optional<ProbeStream> stream_;        // kXmpp
  std::optional<HandOffExchange> exchange_;  // kXmpp, by PROXY header
  std::optional<std::string> outcome_;
  SecureLink link_{*this};
};

}  // namespace danegate
