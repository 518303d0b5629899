// BackendLeg is the way of one proven pair to the tenant's server: it tries the
// tenant's backends by priority and weight (health/backend_order.h), holds the
// place of the pair among the tenant's streams, and carries stanzas once a
// backend is ready.
//
// Lifetime: belongs to an ingress session, which gives it to Shard::Bury() to
// destroy it within one of its callbacks. Thread: the shard's.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "proxy/shard/egress_session.h"
#include "proxy/xmpp/ingress_stream.h"
#include "tenants/tenant.h"
#include "verifier/domain.h"

namespace danegate {

class BackendLeg;
class Shard;
class TcpLink;

class BackendLegOwner {
 public:
  virtual void OnLegReady(BackendLeg&) = 0;
  virtual void OnLegFeatures(BackendLeg&, const std::string& xml) = 0;
  // No backend can be used.
  virtual void OnLegFailed(BackendLeg&, const BackendFailure&) = 0;
  // A backend that was ready has ended the stream, perhaps with an error.
  virtual void OnLegClosed(BackendLeg&, const std::optional<StreamError>&) = 0;
  // One backend cannot be used, and the next is tried.
  virtual void OnLegSkipped(BackendLeg&, const std::string& why) = 0;
  virtual void OnLegDrained(BackendLeg&) = 0;
  // The leg's deadline may have changed.
  virtual void OnLegProgress() = 0;

 protected:
  ~BackendLegOwner() = default;
};

class BackendLeg final : public EgressOwner {
 public:
  // `peer_link` is the peer's connection, for the PROXY header; it outlives the
  // leg.
  BackendLeg(Shard&, BackendLegOwner&, PairNumber, ProvenDomain peer, Domain to,
             std::shared_ptr<const Tenant>, const TcpLink& peer_link);
  ~BackendLeg();
  BackendLeg(const BackendLeg&) = delete;
  BackendLeg& operator=(const BackendLeg&) = delete;

  // Tries the first backend of the order. Nothing, or why none can be used:
  // then the leg is over.
  std::optional<BackendFailure> Start();
  void Restart(const HeaderDeclarations&);
  void Relay(std::span<const std::byte>);
  // Ends in good order; the owner hears nothing more.
  void Finish();
  void OnDeadline(Instant now);

  PairNumber pair() const { return pair_; }
  const ProvenDomain& peer() const { return peer_; }
  // The backend that is tried or used; null before the first.
  const Backend* tried() const { return tried_; }
  // "10.0.3.7:5269", of the backend that is tried or used.
  const std::string& backend() const { return backend_; }
  Instant deadline() const;
  std::size_t unsent() const;

 private:
  // EgressOwner.
  void OnBackendReady() override;
  void OnBackendFeatures(const std::string& xml) override;
  void OnBackendDrained() override;
  void OnBackendEnded(const action::Close&) override;
  void OnBackendProgress() override;

  std::optional<BackendFailure> TryNext();
  BackendFailure Skip(BackendFailure);
  // That it could not be reached.
  void Note();
  EgressSession::Leg LegTo(const Backend&) const;
  // Where the backend learns from a PROXY header who the peer is, and where
  // from a certificate.
  EgressSession::Leg LegByProxy(const Backend&) const;
  EgressSession::Leg LegByCertificate(const Backend&) const;
  // The session may be in one of its callbacks.
  void DropSession();

  Shard& shard_;
  BackendLegOwner& owner_;
  const PairNumber pair_;
  const ProvenDomain peer_;
  const Domain to_;
  const std::shared_ptr<const Tenant> tenant_;
  const TcpLink& peer_link_;
  bool has_quota_ = false;
  std::vector<std::size_t> order_;  // of the tenant's backends
  std::size_t next_ = 0;            // in it
  std::string backend_;
  const Backend* tried_ = nullptr;  // one of tenant_'s
  bool ready_ = false;
  bool finished_ = false;
  std::unique_ptr<EgressSession> session_;
};

}  // namespace danegate
