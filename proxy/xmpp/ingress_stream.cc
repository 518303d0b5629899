#include "proxy/xmpp/ingress_stream.h"

#include <algorithm>
#include <utility>

#include "proxy/xmpp/bytes.h"
#include "proxy/xmpp/ingress_state.h"
#include "proxy/xmpp/limits.h"

namespace danegate {

IngressStream::State::State(const IngressSettings& settings, IdSource& ids,
                            Instant now)
    : settings_(settings),
      ids_(ids),
      now_(now),
      life_ends_(now + limits::kUnauthenticatedLife) {
  if (!settings.direct_tls) NewStream();
  Enter(settings.direct_tls ? Phase::kHandshake : Phase::kHeader);
}

bool IngressStream::State::Begin(Instant now) {
  now_ = now;
  return phase_ != Phase::kClosed;
}

// E1: an absolute deadline for the phase, and one for the unauthenticated life.
void IngressStream::State::Enter(Phase phase) {
  phase_ = phase;
  deadline_ = DeadlineOf(phase, now_);
  if (!IsAuthenticated(phase)) deadline_ = std::min(deadline_, life_ends_);
}

void IngressStream::State::OnDeadline() {
  if (now_ < deadline_) return;
  if (phase_ == Phase::kEstablished) {  // a stanza held up the drain
    return Fail({StreamCondition::kSystemShutdown, "this server is going down"},
                CloseReason::kDrained);
  }
  Refuse(TimeoutOf(phase_), SaslCondition::kTemporaryAuthFailure,
         CloseReason::kDeadline);
}

void IngressStream::State::OnPeerClosed(bool clean) {
  End({{},
       {},
       std::string(ToString(CloseReason::kTruncated)),
       clean ? "the connection was closed without </stream:stream>"
             : "the connection broke"});
}

void IngressStream::State::Send(std::string bytes) {
  actions_.Push(action::Send{std::move(bytes)});
}

// a fresh id each time; until `to` is known to be
// a tenant's, the edge answers in its own name.
std::string IngressStream::State::OurHeader() {
  id_ = ids_.NextId();
  header_sent_ = true;
  const std::string from =
      to_is_tenant_ ? to_->ToUnicode() : settings_.edge_name;
  const std::string to = from_ ? from_->ToUnicode() : "";
  return WriteHeader({.id = id_,
                      .from = from,
                      .to = to,
                      .lang = "en",
                      .version = header_.version || header_.uri.empty()});
}

void IngressStream::State::Fail(StreamError error, CloseReason reason,
                                std::string detail) {
  if (phase_ != Phase::kHandshake) {  // no XML while TLS comes up
    std::string bytes = header_sent_ ? "" : OurHeader();
    bytes += WriteStreamError(error);
    bytes += kStreamClose;
    Send(std::move(bytes));
  }
  if (detail.empty()) detail = error.text;
  End({std::move(error), {}, std::string(ToString(reason)), std::move(detail)});
}

void IngressStream::State::FailAuth(SaslFailure failure, CloseReason reason,
                                    std::string detail) {
  Send(WriteSaslFailure(failure) + std::string(kStreamClose));
  if (detail.empty()) detail = failure.text;
  End({{},
       std::move(failure),
       std::string(ToString(reason)),
       std::move(detail)});
}

void IngressStream::State::Refuse(StreamError error, SaslCondition condition,
                                  CloseReason reason) {
  if (!authenticating_) return Fail(std::move(error), reason);
  FailAuth({condition, std::move(error.text)}, reason);
}

// Stanzas that were passed stay readable: their actions may still be drained.
void IngressStream::State::End(action::Close close) {
  actions_.Push(std::move(close));
  Enter(Phase::kClosed);
}

// --- the outside -------------------------------------------------------------

IngressStream::IngressStream(const IngressSettings& settings,
                             IdSource& random_id, Instant now)
    : state_(std::make_unique<State>(settings, random_id, now)) {}

IngressStream::~IngressStream() = default;

void IngressStream::OnPeerBytes(std::span<const std::byte> bytes, Instant now) {
  if (state_->Begin(now)) state_->OnPeerBytes(AsText(bytes));
}

void IngressStream::OnTlsEstablished(const TlsFacts& facts, Instant now) {
  if (state_->Begin(now)) state_->OnTlsEstablished(facts);
}

void IngressStream::OnPeerClosed(bool clean, Instant now) {
  if (state_->Begin(now)) state_->OnPeerClosed(clean);
}

void IngressStream::OnAddressee(const Addressee& addressee, Instant now) {
  if (state_->Begin(now)) state_->OnAddressee(addressee);
}

void IngressStream::OnVerdict(std::shared_ptr<const Verdict> verdict,
                              Instant now) {
  if (state_->Begin(now)) state_->OnVerdict(*verdict);
}

void IngressStream::OnBackendReady(Instant now) {
  if (state_->Begin(now)) state_->OnBackendReady();
}

void IngressStream::OnBackendFeatures(const std::string& features_xml,
                                      Instant now) {
  if (state_->Begin(now)) state_->OnBackendFeatures(features_xml);
}

void IngressStream::OnBackendFailed(const BackendFailure& failure,
                                    Instant now) {
  if (state_->Begin(now)) state_->OnBackendFailed(failure);
}

void IngressStream::OnBackendClosed(const std::optional<StreamError>& error,
                                    Instant now) {
  if (state_->Begin(now)) state_->OnBackendClosed(error);
}

void IngressStream::OnDrain(Instant now) {
  if (state_->Begin(now)) state_->OnDrain();
}

void IngressStream::OnDeadline(Instant now) {
  if (state_->Begin(now)) state_->OnDeadline();
}

std::optional<Action> IngressStream::NextAction() {
  return state_->actions().Pop();
}

Instant IngressStream::deadline() const { return state_->deadline(); }

bool IngressStream::established() const {
  return state_->phase() == State::Phase::kEstablished;
}

const std::string& IngressStream::id() const { return state_->id(); }

}  // namespace danegate
