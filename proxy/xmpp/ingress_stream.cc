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
  while (auto* pair = pairs_.FindOverdue(now_)) ExpirePair(*pair);
  if (now_ < deadline_) return;
  if (phase_ == Phase::kClosing) return End(std::move(ending_));
  if (phase_ == Phase::kKeys) return Fail(refusal_, CloseReason::kNotProven);
  Refuse(TimeoutOf(phase_), SaslCondition::kTemporaryAuthFailure,
         CloseReason::kDeadline);
}

void IngressStream::State::OnPeerClosed(bool clean) {
  if (phase_ == Phase::kClosing) return End(std::move(ending_));
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

void IngressStream::State::SendFeatures(const std::string& xml) {
  Send(OurHeader() + (xml.empty()
                          ? "<stream:features/>"
                          : "<stream:features>" + xml + "</stream:features>"));
}

void IngressStream::State::Fail(StreamError error, CloseReason reason,
                                std::string detail) {
  if (phase_ == Phase::kClosing) return End(std::move(ending_));
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

void IngressStream::OnAddressee(PairNumber pair, const Addressee& addressee,
                                Instant now) {
  if (state_->Begin(now)) state_->OnAddressee(pair, addressee);
}

void IngressStream::OnVerdict(PairNumber pair,
                              std::shared_ptr<const Verdict> verdict,
                              Instant now) {
  if (state_->Begin(now)) state_->OnVerdict(pair, *verdict);
}

void IngressStream::OnDialback(PairNumber pair, const DialbackResult& result,
                               Instant now) {
  if (state_->Begin(now)) state_->OnDialback(pair, result);
}

void IngressStream::OnKeyChecked(KeyTicket ticket, KeyAnswer answer,
                                 Instant now) {
  if (state_->Begin(now)) state_->OnKeyChecked(ticket, answer);
}

void IngressStream::OnBackendReady(PairNumber pair, Instant now) {
  if (state_->Begin(now)) state_->OnBackendReady(pair);
}

void IngressStream::OnBackendFeatures(PairNumber pair,
                                      const std::string& features_xml,
                                      Instant now) {
  if (state_->Begin(now)) state_->OnBackendFeatures(pair, features_xml);
}

void IngressStream::OnBackendFailed(PairNumber pair,
                                    const BackendFailure& failure,
                                    Instant now) {
  if (state_->Begin(now)) state_->OnBackendFailed(pair, failure);
}

void IngressStream::OnBackendClosed(PairNumber pair,
                                    const std::optional<StreamError>& error,
                                    Instant now) {
  if (state_->Begin(now)) state_->OnBackendClosed(pair, error);
}

void IngressStream::OnReverified(std::shared_ptr<const Verdict> verdict,
                                 Instant now) {
  if (state_->Begin(now)) state_->OnReverified(*verdict);
}

void IngressStream::OnHostGone(PairNumber pair, Instant now) {
  if (state_->Begin(now)) state_->OnHostGone(pair);
}

void IngressStream::OnReset(const std::string& why, Instant now) {
  if (state_->Begin(now)) state_->OnReset(why);
}

void IngressStream::OnDrain(Instant now) {
  if (state_->Begin(now)) state_->OnDrain();
}

void IngressStream::OnDeadline(Instant now) {
  if (state_->Begin(now)) state_->OnDeadline();
}

void IngressStream::Rest(Instant now) {
  if (state_->Begin(now)) state_->Rest();
}

Instant IngressStream::rest_at() const { return state_->rest_at(); }

std::optional<Action> IngressStream::NextAction() {
  return state_->actions().Pop();
}

Instant IngressStream::deadline() const { return state_->deadline(); }

bool IngressStream::established() const {
  return state_->phase() == State::Phase::kEstablished;
}

const std::string& IngressStream::id() const { return state_->id(); }

}  // namespace danegate
