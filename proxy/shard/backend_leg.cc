#include "proxy/shard/backend_leg.h"

#include <utility>

#include "proxy/shard/hand_off.h"
#include "proxy/shard/health/backend_order.h"
#include "proxy/shard/proxy_header.h"
#include "proxy/shard/shard.h"
#include "proxy/xmpp/close_reason.h"
#include "verifier/clock.h"

namespace danegate {

BackendLeg::BackendLeg(Shard& shard, BackendLegOwner& owner, PairNumber pair,
                       ProvenDomain peer, Domain to,
                       std::shared_ptr<const Tenant> tenant,
                       const TcpLink& peer_link)
    : shard_(shard),
      owner_(owner),
      pair_(pair),
      peer_(std::move(peer)),
      to_(std::move(to)),
      tenant_(std::move(tenant)),
      peer_link_(peer_link) {}

BackendLeg::~BackendLeg() {
  if (has_quota_) shard_.quota().Release(tenant_->name, peer_.domain());
}

std::optional<BackendFailure> BackendLeg::Start() {
  if (auto full = shard_.quota().Acquire(*tenant_, peer_.domain());
      !full.empty()) {
    return BackendFailure{BackendFailure::Kind::kOverloaded, std::move(full)};
  }
  has_quota_ = true;
  order_ = OrderBackends(
      tenant_->backends,
      [this](const Backend& backend) {
        return shard_.IsDown(*tenant_, backend, to_);
      },
      [this] { return shard_.stream_ids().NextNumber(); });
  return TryNext();
}

std::optional<BackendFailure> BackendLeg::TryNext() {
  DropSession();
  BackendFailure failure{BackendFailure::Kind::kUnreachable, "no backend"};
  // D3: whatever the engine thinks, nobody is told that a peer is our own; it
  // may have become that since it was looked up.
  if (shard_.tenants().IsHosted(peer_.domain())) {
    failure.text = peer_.domain().ascii() + " is served here itself";
    return failure;
  }
  while (next_ < order_.size()) {
    const Backend& backend = tenant_->backends[order_[next_++]];
    tried_ = &backend;
    backend_ = backend.ToString();
    session_ = std::make_unique<EgressSession>(*this, shard_.client_context(),
                                               LegTo(backend));
    const std::string error = session_->Start(shard_.loop());
    if (error.empty()) return std::nullopt;
    session_.reset();
    failure =
        Skip({BackendFailure::Kind::kUnreachable, backend_ + ": " + error});
  }
  return failure;
}

// The last one's failure is the leg's own. A backend that refuses a stream
// works: who is refused shall not decide where the streams of others go.
BackendFailure BackendLeg::Skip(BackendFailure failure) {
  if (failure.kind == BackendFailure::Kind::kUnreachable) {
    Note();
  }
  if (next_ < order_.size()) {
    owner_.OnLegSkipped(*this, failure.text);
  }
  return failure;
}

void BackendLeg::Note() {
  const Instant now = ReadNow().monotonic;
  if (session_ && session_->was_connected()) {
    shard_.backend_failures().NoteStream(*tried_, to_, now);
  } else {
    shard_.backend_failures().NoteAddress(*tried_, now);
  }
}

EgressSession::Leg BackendLeg::LegTo(const Backend& backend) const {
  return backend.hand_off == HandOffBy::kProxy ? LegByProxy(backend)
                                               : LegByCertificate(backend);
}

EgressSession::Leg BackendLeg::LegByCertificate(const Backend& backend) const {
  EgressSession::Leg leg{
      &backend,
      {peer_.domain(), to_, backend.tls == BackendTls::kDirect},
      shard_.edge_ca().Mint(peer_, ReadNow().wall),
      "",
      &shard_.backend_trust()};
  const SocketAddress* source = peer_link_.remote_address();
  const SocketAddress* local = peer_link_.local_address();
  if (backend.proxy_protocol == ProxyProtocol::kV2 && source && local) {
    leg.proxy_header = WriteProxyHeader(*source, *local);
  }
  return leg;
}

EgressSession::Leg BackendLeg::LegByProxy(const Backend& backend) const {
  static const SocketAddress unknown = *SocketAddress::Parse("0.0.0.0", 0);
  const SocketAddress* source = peer_link_.remote_address();
  const SocketAddress* local = peer_link_.local_address();
  const bool is_known = source != nullptr && local != nullptr;
  const auto address = SocketAddress::Parse(backend.host, backend.port);
  HandOffOffer offer{
      WriteHandOff({is_known ? *source : unknown, is_known ? *local : unknown,
                    &peer_, to_, address ? *address : unknown,
                    shard_.stream_ids().NextId()}),
      backend.secret};
  return {
      &backend, {peer_.domain(), to_, false, std::move(offer)}, nullptr, ""};
}

void BackendLeg::Restart(const HeaderDeclarations& declarations) {
  if (session_) session_->Restart(declarations);
}

void BackendLeg::Relay(std::span<const std::byte> stanzas) {
  if (session_) session_->Relay(stanzas);
}

void BackendLeg::Finish() {
  finished_ = true;
  if (session_) session_->Finish();
}

void BackendLeg::OnDeadline(Instant now) {
  if (session_ && now >= session_->deadline()) session_->OnDeadline(now);
}

Instant BackendLeg::deadline() const {
  return session_ ? session_->deadline() : Instant::Never();
}

std::size_t BackendLeg::unsent() const {
  return session_ ? session_->unsent() : 0;
}

void BackendLeg::OnBackendReady() {
  if (finished_) return;
  ready_ = true;
  owner_.OnLegReady(*this);
}

void BackendLeg::OnBackendFeatures(const std::string& xml) {
  if (!finished_) owner_.OnLegFeatures(*this, xml);
}

void BackendLeg::OnBackendDrained() {
  if (!finished_) owner_.OnLegDrained(*this);
}

void BackendLeg::OnBackendProgress() {
  if (!finished_) owner_.OnLegProgress();
}

void BackendLeg::OnBackendEnded(const action::Close& close) {
  if (finished_) return;
  const bool refused = close.error.has_value() || close.failure.has_value();
  BackendFailure failure{refused ? BackendFailure::Kind::kRefused
                                 : BackendFailure::Kind::kUnreachable,
                         backend_ + ": " + close.detail};
  if (!ready_) {
    failure = Skip(std::move(failure));
    if (next_ == order_.size()) {
      DropSession();
      return owner_.OnLegFailed(*this, failure);
    }
    if (auto none = TryNext()) owner_.OnLegFailed(*this, *none);
    return;
  }
  DropSession();
  // E12: what the backend says goes on; that it broke is our fault.
  if (close.error || close.reason == ToString(CloseReason::kClosed)) {
    owner_.OnLegClosed(*this, close.error);
  } else {
    owner_.OnLegFailed(*this, failure);
  }
}

void BackendLeg::DropSession() {
  if (session_) shard_.Bury(std::move(session_));
}

}  // namespace danegate
