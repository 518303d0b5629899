#include "proxy/shard/ingress_session.h"

#include <algorithm>
#include <utility>

#include "proxy/shard/limits.h"
#include "proxy/shard/proxy_header.h"
#include "proxy/shard/shard.h"
#include "proxy/xmpp/close_reason.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

Instant MonotonicNow() { return ReadNow().monotonic; }

}  // namespace

IngressSession::IngressSession(Shard& shard, std::uint64_t id,
                               std::unique_ptr<TcpLink> link, bool direct_tls)
    : shard_(shard),
      id_(id),
      stream_({direct_tls, shard.settings().edge_name}, shard.stream_ids(),
              MonotonicNow()),
      link_(*this),
      deadline_(id) {
  record_.stream = id;
  record_.remote = link->remote();
  record_.listener = direct_tls ? "direct_tls" : "starttls";
  record_.accepted = std::chrono::system_clock::now();
  Listener::Adopt(*link, link_);
  link_.Attach(std::move(link));
  if (direct_tls) {
    link_.StartTls(
        TlsEngine::Accept(shard_.server_context(), std::nullopt, true));
  }
}

IngressSession::~IngressSession() {
  if (!over_)
    CarryOut(action::Close{
        {}, {}, std::string(ToString(CloseReason::kDrained)), ""});
}

void IngressSession::Start() {
  Settle();
  if (!over_) link_.link().Resume();
}

// --- the peer ----------------------------------------------------------------

void IngressSession::OnTlsEstablished() {
  NoteTls();
  stream_.OnTlsEstablished(
      {.has_certificate = !link_.tls()->peer_chain().empty(),
       .served_tenant = link_.tls()->served_tenant()},
      MonotonicNow());
  Settle();
}

void IngressSession::OnPlaintext(std::span<const std::byte> bytes) {
  if (over_) return;
  record_.bytes_in += bytes.size();
  stream_.OnPeerBytes(bytes, MonotonicNow());
  Settle();
}

void IngressSession::OnDrained() {}

void IngressSession::OnEnded(const LinkEnd& end) {
  if (over_) return;
  if (end.tls_failed) NoteTls();
  link_error_ = end.error;
  stream_.OnPeerClosed(end.clean, MonotonicNow());
  Settle();
}

void IngressSession::OnVerdict(std::shared_ptr<const Verdict> verdict,
                               bool from_cache) {
  if (over_) return;
  record_.outcome = verdict->outcome();
  record_.proof_reason = ToString(verdict->reason());
  if (verdict->outcome() == Outcome::kProved) {
    record_.proof = ToString(verdict->prooftype);
  }
  shard_.events().OnVerdict(
      record_, *verdict, from_cache,
      std::chrono::duration_cast<std::chrono::microseconds>(MonotonicNow() -
                                                            asked_));
  stream_.OnVerdict(kHeaderPair, std::move(verdict), MonotonicNow());
  Settle();
}

void IngressSession::OnDeadline(Instant now) {
  if (over_) return;
  if (IsStalled(now)) return GiveUpBackend();
  if (backend_ && now >= backend_->deadline()) backend_->OnDeadline(now);
  if (now >= stream_.deadline()) stream_.OnDeadline(now);
  Settle();
}

void IngressSession::Drain() {
  if (over_) return;
  stream_.OnDrain(MonotonicNow());
  Settle();
}

// --- the engine's wishes -----------------------------------------------------

void IngressSession::Settle() {
  bool answered = true;
  while (answered && !over_) {
    while (!over_) {
      const auto action = stream_.NextAction();
      if (!action) break;
      Carry(*action);
    }
    answered = false;
    if (over_) break;
    if (!answers_.empty()) {
      const auto answer = std::move(answers_.front());
      answers_.erase(answers_.begin());
      answer(MonotonicNow());
      answered = true;
    } else if (auto failure = std::exchange(backend_failure_, std::nullopt)) {
      stream_.OnBackendFailed(kHeaderPair, *failure, MonotonicNow());
      answered = true;
    }
  }
  if (over_) return;
  Throttle();
  UpdateDeadline();
}

void IngressSession::Carry(const Action& action) {
  std::visit([this](const auto& wish) { CarryOut(wish); }, action);
}

void IngressSession::CarryOut(const action::Send& send) {
  record_.bytes_out += send.bytes.size();
  link_.Write(std::as_bytes(std::span(send.bytes)));
}

void IngressSession::CarryOut(const action::StartTls& start) {
  link_.StartTls(TlsEngine::Accept(shard_.server_context(), start.to, false));
}

// Further pairs are not served yet: their addressees are told to be unknown.
void IngressSession::CarryOut(const action::LookUp& look_up) {
  if (look_up.pair != kHeaderPair) {
    answers_.push_back([this, pair = look_up.pair](Instant now) {
      stream_.OnAddressee(pair, Addressee{}, now);
    });
    return;
  }
  to_ = look_up.to;
  record_.to = look_up.to.ascii();
  if (look_up.from) record_.peer = look_up.from->ascii();
  tenant_ = shard_.tenants().Find(look_up.to);
  Addressee addressee;
  addressee.from_is_hosted =
      look_up.from && shard_.tenants().IsHosted(*look_up.from);
  if (tenant_) {
    addressee.kind = Addressee::Kind::kTenant;
    addressee.tenant = record_.tenant = tenant_->name;
    addressee.stanza_bytes = tenant_->limits.stanza_bytes;
  }
  answers_.push_back([this, addressee](Instant now) {
    stream_.OnAddressee(kHeaderPair, addressee, now);
  });
}

void IngressSession::CarryOut(const action::Verify& verify) {
  record_.peer = verify.peer.domain.ascii();
  asked_ = MonotonicNow();
  shard_.Verify(id_, verify.peer, link_.tls()->peer_chain(), tenant_->policy);
}

void IngressSession::CarryOut(const action::DialBack& dial) {
  answers_.push_back([this, pair = dial.pair](Instant now) {
    stream_.OnDialback(
        pair,
        {.kind = DialbackResult::Kind::kError,
         .error = {DialbackCondition::kNotAcceptable, "dialback is off"}},
        now);
  });
}

void IngressSession::CarryOut(const action::CheckKey& check) {
  answers_.push_back([this, ticket = check.ticket](Instant now) {
    stream_.OnKeyChecked(ticket, KeyAnswer::kNotHosted, now);
  });
}

void IngressSession::CarryOut(const action::DropPair& drop) {
  if (drop.pair == kHeaderPair && backend_) backend_->Finish();
}

void IngressSession::CarryOut(const action::RestartBackend& restart) {
  if (backend_) backend_->Restart(restart.declarations);
}

void IngressSession::CarryOut(const action::Relay& relay) {
  if (!backend_) return;
  record_.stanzas += relay.stanzas;
  shard_.counters().stanzas.Add(relay.stanzas);
  backend_->Relay(relay.bytes);
}

void IngressSession::CarryOut(const action::Close& close) {
  if (over_) return;
  over_ = true;
  NoteEnd(close);
  if (backend_) backend_->Finish();
  link_.Close();
  deadline_.Cancel();
  if (has_quota_) shard_.quota().Release(tenant_->name, peer_->domain());
  shard_.events().OnStreamEnd(record_);
  if (!record_.established) shard_.counters().refused.Add();
  shard_.Retire(id_);
}

// Only egress engines have these wishes.
void IngressSession::CarryOut(const action::Ready&) { DANEGATE_CHECK(false); }
void IngressSession::CarryOut(const action::Features&) {
  DANEGATE_CHECK(false);
}
void IngressSession::CarryOut(const action::JudgeAuthority&) {
  DANEGATE_CHECK(false);
}
void IngressSession::CarryOut(const action::KeyVerified&) {
  DANEGATE_CHECK(false);
}

// --- the backend -------------------------------------------------------------

void IngressSession::CarryOut(const action::OpenBackend& open) {
  // D3: whatever the engine thinks, no certificate is minted for our own.
  DANEGATE_CHECK(!shard_.tenants().IsHosted(open.peer.domain()));
  peer_ = open.peer;
  to_ = open.to;
  if (auto full = shard_.quota().Acquire(*tenant_, peer_->domain());
      !full.empty()) {
    backend_failure_ = {BackendFailure::Kind::kOverloaded, std::move(full)};
    return;
  }
  has_quota_ = true;
  backend_failure_ = {BackendFailure::Kind::kUnreachable, "no backend"};
  TryNextBackend();
}

void IngressSession::TryNextBackend() {
  DropBackend();
  while (next_backend_ < tenant_->backends.size()) {
    const Backend& backend = tenant_->backends[next_backend_++];
    record_.backend = backend.ToString();
    backend_ = std::make_unique<EgressSession>(*this, shard_.client_context(),
                                               LegTo(backend));
    const std::string error = backend_->Start(shard_.loop());
    if (error.empty()) {
      backend_failure_.reset();
      return;
    }
    backend_.reset();
    SkipBackend({BackendFailure::Kind::kUnreachable,
                 backend.ToString() + ": " + error});
  }
}

// The last one's failure is the stream's own.
void IngressSession::SkipBackend(BackendFailure failure) {
  if (next_backend_ < tenant_->backends.size()) {
    shard_.events().OnBackendSkipped(record_, failure.text);
  }
  backend_failure_ = std::move(failure);
}

EgressSession::Leg IngressSession::LegTo(const Backend& backend) const {
  EgressSession::Leg leg{
      &backend,
      {peer_->domain(), *to_, backend.tls == BackendTls::kDirect},
      shard_.edge_ca().Mint(*peer_, ReadNow().wall),
      ""};
  const SocketAddress* source = link_.link().remote_address();
  const SocketAddress* local = link_.link().local_address();
  if (backend.proxy_protocol == ProxyProtocol::kV2 && source && local) {
    leg.proxy_header = WriteProxyHeader(*source, *local);
  }
  return leg;
}

void IngressSession::OnBackendReady() {
  backend_ready_ = true;
  stream_.OnBackendReady(kHeaderPair, MonotonicNow());
  Settle();
}

void IngressSession::OnBackendFeatures(const std::string& xml) {
  stream_.OnBackendFeatures(kHeaderPair, xml, MonotonicNow());
  if (stream_.established() && !record_.established) {
    record_.established = true;
    shard_.counters().established.Add();
    shard_.events().OnEstablished(record_);
  }
  Settle();
}

void IngressSession::OnBackendEnded(const action::Close& close) {
  if (over_) return;
  const bool refused = close.error.has_value() || close.failure.has_value();
  BackendFailure failure{refused ? BackendFailure::Kind::kRefused
                                 : BackendFailure::Kind::kUnreachable,
                         record_.backend + ": " + close.detail};
  if (!backend_ready_) {
    SkipBackend(std::move(failure));
    TryNextBackend();
    return Settle();
  }
  DropBackend();
  // E12: what the backend says goes on; that it broke is our fault.
  if (close.error || close.reason == ToString(CloseReason::kClosed)) {
    stream_.OnBackendClosed(kHeaderPair, close.error, MonotonicNow());
  } else {
    stream_.OnBackendFailed(kHeaderPair, failure, MonotonicNow());
  }
  Settle();
}

void IngressSession::OnBackendProgress() { UpdateDeadline(); }

// One of its callbacks may be running.
void IngressSession::DropBackend() {
  if (backend_) shard_.Bury(std::move(backend_));
}

// --- flow and time -----------------------------------------------------------

// E3: a backend that does not take data stops us from reading the peer.
void IngressSession::Throttle() {
  if (!backend_ || stalled_since_ != Instant::Never()) return;
  if (backend_->unsent() < kMaxUnsent) return;
  stalled_since_ = MonotonicNow();
  stalled_unsent_ = backend_->unsent();
  link_.link().Pause();
}

// Any progress counts: a slow backend is not a stalled one.
bool IngressSession::IsStalled(Instant now) {
  if (!backend_ || now < stalled_since_ + kStallTime) return false;
  const std::size_t unsent = backend_->unsent();
  if (unsent == stalled_unsent_) return true;
  stalled_since_ = now;
  stalled_unsent_ = unsent;
  return false;
}

void IngressSession::GiveUpBackend() {
  DropBackend();
  stream_.OnBackendFailed(kHeaderPair,
                          {BackendFailure::Kind::kUnreachable,
                           record_.backend + ": has taken no data for " +
                               std::to_string(kStallTime.count()) + " s"},
                          MonotonicNow());
  Settle();
}

void IngressSession::OnBackendDrained() {
  if (over_ || stalled_since_ == Instant::Never()) return;
  stalled_since_ = Instant::Never();
  UpdateDeadline();
  link_.link().Resume();
}

void IngressSession::UpdateDeadline() {
  if (over_) return;
  Instant at = std::min(stream_.deadline(), stalled_since_ + kStallTime);
  if (backend_) at = std::min(at, backend_->deadline());
  if (at != deadline_.at()) shard_.wheel().Set(deadline_, at);
}

// --- the record --------------------------------------------------------------

void IngressSession::NoteTls() {
  const TlsEngine& tls = *link_.tls();
  record_.tls_version = tls.version();
  record_.cipher = tls.cipher();
  record_.sni = tls.server_name();
}

void IngressSession::NoteEnd(const action::Close& close) {
  record_.reason = close.reason;
  if (close.error) record_.condition = ToString(close.error->condition);
  if (close.failure) record_.condition = ToString(close.failure->condition);
  record_.detail = close.detail;
  if (!link_error_.empty()) record_.detail += " (" + link_error_ + ")";
}

}  // namespace danegate
