// PeerProbe connects to the servers of a domain, one after another, until one
// of them shows its certificate. Every address is tried that the route has,
// private ones too: an operator asked for it, not a stranger.
//
// Bounded: kMaxEndpoints servers, kEndpointTime for each and all its addresses.
// Lifetime: not to be destroyed within `on_done`. Thread: the loop's.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proxy/net/loop.h"
#include "proxy/shard/probe_session.h"
#include "proxy/tls/client_context.h"
#include "proxy/xmpp/outbound_settings.h"
#include "verifier/certificate.h"
#include "verifier/domain.h"
#include "verifier/route.h"

namespace danegate {

// One connection, or the try.
struct ProbeAttempt {
  DelegatedTarget target;
  std::string address;  // "192.0.2.1:5269"
  Instant began;
  std::chrono::microseconds took{0};
  std::string tls;    // "TLSv1.3, TLS_AES_128_GCM_SHA256" if it succeeded
  std::string error;  // a sentence if it did not
};

class PeerProbe {
 public:
  static constexpr std::size_t kMaxEndpoints = RouteSearch::kMaxEndpoints;
  static constexpr std::chrono::seconds kEndpointTime{5};

  // `from` is who we say that we are. `on_done` is called once, perhaps from
  // within Start(). `server_name` goes into SNI; nothing: `to` does, since
  // whoever serves many domains chooses the certificate by it (K-1).
  PeerProbe(Loop&, const OutboundSettings& between,
            std::vector<Endpoint> endpoints, std::function<void()> on_done,
            std::optional<Domain> server_name = std::nullopt);
  ~PeerProbe();
  PeerProbe(const PeerProbe&) = delete;
  PeerProbe& operator=(const PeerProbe&) = delete;

  void Start();

  // All that were made, in order.
  const std::vector<ProbeAttempt>& attempts() const { return attempts_; }
  // What the last attempt's server presented; empty if none did.
  const CertificateChain& chain() const { return chain_; }

 private:
  void TryNext();
  void Connect(const Endpoint&, std::size_t address);
  void OnTick();
  // The attempt is over, and perhaps another follows.
  void OnAttemptEnded();
  const Endpoint& endpoint() const { return endpoints_[endpoint_]; }

  Loop& loop_;
  const OutboundSettings between_;
  const std::vector<Endpoint> endpoints_;
  const std::function<void()> on_done_;
  const Domain server_name_;
  const ClientContext client_context_;
  std::size_t endpoint_ = 0;
  std::size_t address_ = 0;  // of the endpoint, the next
  Instant endpoint_until_ = Instant::Never();
  std::unique_ptr<ProbeSession> session_;
  // Those before, whose callbacks may still be running.
  std::vector<std::unique_ptr<ProbeSession>> done_sessions_;
  std::vector<ProbeAttempt> attempts_;
  CertificateChain chain_;
  Ticker ticker_;
};

}  // namespace danegate
