#include "proxy/shard/ingress_session.h"

#include <algorithm>
#include <utility>

#include "proxy/shard/limits.h"
#include "proxy/shard/shard.h"
#include "proxy/xmpp/close_reason.h"
#include "verifier/clock.h"

namespace danegate {

IngressSession::IngressSession(Shard& shard, std::uint64_t id,
                               std::unique_ptr<TcpLink> link, bool direct_tls)
    : shard_(shard),
      id_(id),
      stream_({.direct_tls = direct_tls,
               .edge_name = shard.settings().edge_name,
               .answers_keys = shard.settings().keys != nullptr},
              shard.stream_ids(), MonotonicNow()),
      link_(*this),
      deadline_(id),
      pairs_(shard, id, stream_, record_, link_, *this) {
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

// BoringSSL reads nothing meanwhile, so we do not either.
void IngressSession::OnTlsWaits(std::uint64_t credentials) {
  link_.link().Pause();
  shard_.AwaitCredentials(credentials, id_);
}

// Nothing else holds a link back before TLS is up.
void IngressSession::OnCredentials() {
  if (over_) return;
  link_.link().Resume();
  link_.Resume();
}

void IngressSession::OnTlsEstablished() {
  NoteTls();
  const TlsEngine& tls = *link_.tls();
  const std::string& served = tls.served_tenant();
  // What SNI alone would choose.
  const auto by_sni =
      shard_.tenants().Select(tls.server_name(), nullptr, true).tenant;
  stream_.OnTlsEstablished(
      {.has_certificate = !tls.peer_chain().empty(),
       .served_tenant = served,
       .served_by_sni = by_sni != nullptr && by_sni->name == served},
      MonotonicNow());
  Settle();
}

void IngressSession::OnPlaintext(std::span<const std::byte> bytes) {
  if (over_) return;
  const Instant now = MonotonicNow();
  record_.bytes_in += bytes.size();
  inflow_.Take(bytes.size(), now);
  stream_.OnPeerBytes(bytes, now);
  Settle();
  if (!over_) Pace(now);
}

void IngressSession::OnDrained() {}

void IngressSession::OnEnded(const LinkEnd& end) {
  if (over_) return;
  if (end.tls_failed) NoteTls();
  link_error_ = end.error;
  stream_.OnPeerClosed(end.clean, MonotonicNow());
  Settle();
}

void IngressSession::OnVerdict(const VerifierQuestion& question,
                               std::shared_ptr<const Verdict> verdict,
                               bool from_cache) {
  if (!over_) pairs_.OnVerdict(question, std::move(verdict), from_cache);
}

void IngressSession::OnRoute(const VerifierQuestion& question,
                             const Route& route) {
  if (!over_) pairs_.OnRoute(question, route);
}

void IngressSession::OnPairInput() { Settle(); }

void IngressSession::OnPairProgress() { UpdateDeadline(); }

void IngressSession::OnDeadline(Instant now) {
  if (over_) return;
  if (IsStalled(now)) {
    pairs_.GiveUpStalled("has taken no data for " +
                         std::to_string(kStallTime.count()) + " s");
    return Settle();
  }
  if (now >= paced_until_) {
    paced_until_ = Instant::Never();
    ReadOn();
  }
  pairs_.OnDeadline(now);
  if (!over_ && now >= stream_.deadline()) stream_.OnDeadline(now);
  if (!over_) stream_.Rest(now);
  Settle();
}

void IngressSession::OnClockJump(Instant now) {
  if (over_) return;
  pairs_.OnClockJump(now);
  UpdateDeadline();
}

void IngressSession::OnTenantChanged(const std::string& tenant) {
  if (over_) return;
  pairs_.OnTenantChanged(tenant, MonotonicNow());
  Settle();
}

void IngressSession::OnPeerHosted(const Domain& domain) {
  if (over_) return;
  pairs_.OnPeerHosted(domain, MonotonicNow());
  Settle();
}

void IngressSession::Drain() {
  if (over_) return;
  stream_.OnDrain(MonotonicNow());
  Settle();
}

// --- the engine's wishes -----------------------------------------------------

// Called again while it works, it leaves the work to the first call.
void IngressSession::Settle() {
  if (over_ || settling_) return;
  settling_ = true;
  do {
    while (!over_) {
      const auto action = stream_.NextAction();
      if (!action) break;
      Carry(*action);
    }
  } while (!over_ && pairs_.GiveAnswer());
  settling_ = false;
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

void IngressSession::CarryOut(const action::Close& close) {
  if (over_) return;
  over_ = true;
  NoteEnd(close);
  pairs_.Finish();
  link_.Close();
  deadline_.Cancel();
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

// --- flow and time -----------------------------------------------------------

// E3: a backend that does not take data stops us from reading the peer.
void IngressSession::Throttle() {
  if (stalled_since_ != Instant::Never()) return;
  const std::size_t unsent = pairs_.unsent();
  if (unsent < kMaxUnsent) return;
  stalled_since_ = MonotonicNow();
  stalled_unsent_ = unsent;
  link_.link().Pause();
}

// A tenant's bytes_per_second. No stall: the backend takes all that it gets.
void IngressSession::Pace(Instant now) {
  inflow_.SetRate(pairs_.inflow());
  if (paced_until_ != Instant::Never() || inflow_.open_at() <= now) return;
  paced_until_ = inflow_.open_at();
  link_.link().Pause();
  UpdateDeadline();
}

void IngressSession::ReadOn() {
  if (stalled_since_ != Instant::Never()) return;
  if (paced_until_ == Instant::Never()) link_.link().Resume();
}

// Any progress counts: a slow backend is not a stalled one.
bool IngressSession::IsStalled(Instant now) {
  if (now < stalled_since_ + kStallTime) return false;
  const std::size_t unsent = pairs_.unsent();
  if (unsent == stalled_unsent_) return true;
  stalled_since_ = now;
  stalled_unsent_ = unsent;
  return false;
}

void IngressSession::OnPairDrained() {
  if (over_ || stalled_since_ == Instant::Never()) return;
  if (pairs_.unsent() >= kMaxUnsent) return;
  stalled_since_ = Instant::Never();
  UpdateDeadline();
  ReadOn();
}

void IngressSession::UpdateDeadline() {
  if (over_) return;
  const Instant at =
      std::min({stream_.deadline(), pairs_.deadline(), stream_.rest_at(),
                stalled_since_ + kStallTime, paced_until_});
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
