#include "proxy/xmpp/egress_stream.h"

#include <utility>

#include "proxy/xmpp/bytes.h"
#include "proxy/xmpp/egress_state.h"
#include "proxy/xmpp/limits.h"
#include "verifier/check.h"

namespace danegate {
namespace {

// The others end when our owner says so.
bool HasDeadline(EgressPhase phase) {
  return phase != EgressPhase::kReady && phase != EgressPhase::kEstablished &&
         phase != EgressPhase::kClosed;
}

}  // namespace

std::string_view AwaitedIn(EgressPhase phase) {
  switch (phase) {
    case EgressPhase::kConnect:
      return "the connection";
    case EgressPhase::kHeader:
      return "its header and features";
    case EgressPhase::kProceed:
      return "<proceed/>";
    case EgressPhase::kHandshake:
      return "the TLS handshake";
    case EgressPhase::kSecureHeader:
      return "its header and features in TLS";
    case EgressPhase::kAuth:
      return "the result of EXTERNAL";
    case EgressPhase::kReady:
      return "our header";
    case EgressPhase::kRestart:
      return "its header and features after SASL";
    case EgressPhase::kEstablished:
      return "stanzas";
    case EgressPhase::kFinishing:
      return "its </stream:stream>";
    case EgressPhase::kClosed:
      return "nothing";
  }
  return "";
}

EgressStream::State::State(const EgressSettings& settings, Instant now)
    : settings_(settings), now_(now) {
  Enter(Phase::kConnect);
}

bool EgressStream::State::Begin(Instant now) {
  now_ = now;
  return phase_ != Phase::kClosed;
}

void EgressStream::State::Enter(Phase phase) {
  phase_ = phase;
  if (!HasDeadline(phase)) {
    deadline_ = Instant::Never();
  } else {
    deadline_ = now_ + (phase == Phase::kFinishing ? limits::kCloseTime
                                                   : limits::kEgressStepTime);
  }
}

void EgressStream::State::Send(std::string_view bytes) {
  actions_.Push(action::Send{std::string(bytes)});
}

// The names go out as people write them, which is what stanzas hold and what
// the backend compares them with.
void EgressStream::State::SendHeader(const HeaderDeclarations& declarations,
                                     const XmlLimits& limits) {
  reader_.emplace(limits);
  const std::string from = settings_.from.ToUnicode();
  const std::string to = settings_.to.ToUnicode();
  Send(WriteHeader({.id = "",
                    .from = from,
                    .to = to,
                    .lang = declarations.lang,
                    .declarations = &declarations}));
}

void EgressStream::State::OnConnected() {
  if (phase_ != Phase::kConnect) return;
  if (settings_.direct_tls) {  // H-02
    actions_.Push(action::StartTls{});
    return Enter(Phase::kHandshake);
  }
  SendHeader({}, NegotiationLimits());
  Enter(Phase::kHeader);
}

void EgressStream::State::OnTlsEstablished() {
  if (phase_ != Phase::kHandshake) return;
  SendHeader({}, NegotiationLimits());
  Enter(Phase::kSecureHeader);
}

void EgressStream::State::Restart(const HeaderDeclarations& declarations) {
  DANEGATE_CHECK(phase_ == Phase::kReady || phase_ == Phase::kFinishing);
  if (phase_ != Phase::kReady) return;
  SendHeader(declarations, StanzaLimits());
  Enter(Phase::kRestart);
}

// in cleartext or not, whatever has been opened is closed.
void EgressStream::State::Finish() {
  if (phase_ == Phase::kFinishing) return;
  if (phase_ == Phase::kConnect || phase_ == Phase::kHandshake) {
    return End(CloseReason::kClosed, {}, {}, "not needed any more");
  }
  Send(kStreamClose);
  Enter(Phase::kFinishing);
}

void EgressStream::State::OnClosed(bool clean) {
  if (phase_ == Phase::kFinishing) {
    return End(CloseReason::kClosed, {}, {}, "");
  }
  End(CloseReason::kTruncated, {}, {},
      std::string(clean ? "it closed the connection" : "the connection broke") +
          " while we waited for " + std::string(AwaitedIn(phase_)));
}

void EgressStream::State::OnDeadline() {
  if (now_ < deadline_) return;
  if (phase_ == Phase::kFinishing) {
    return End(CloseReason::kClosed, {}, {}, "it did not answer our close");
  }
  End(CloseReason::kDeadline, {}, {},
      "waited too long for " + std::string(AwaitedIn(phase_)));
}

void EgressStream::State::Fail(CloseReason reason, std::string detail) {
  Send(kStreamClose);
  End(reason, {}, {}, std::move(detail));
}

void EgressStream::State::End(CloseReason reason,
                              std::optional<StreamError> error,
                              std::optional<SaslFailure> failure,
                              std::string detail) {
  actions_.Push(action::Close{std::move(error), std::move(failure),
                              std::string(ToString(reason)),
                              std::move(detail)});
  Enter(Phase::kClosed);
}

// --- the outside -------------------------------------------------------------

EgressStream::EgressStream(const EgressSettings& settings, Instant now)
    : state_(std::make_unique<State>(settings, now)) {}

EgressStream::~EgressStream() = default;

void EgressStream::OnConnected(Instant now) {
  if (state_->Begin(now)) state_->OnConnected();
}

void EgressStream::OnBytes(std::span<const std::byte> bytes, Instant now) {
  if (state_->Begin(now)) state_->OnBytes(AsText(bytes));
}

void EgressStream::OnTlsEstablished(Instant now) {
  if (state_->Begin(now)) state_->OnTlsEstablished();
}

void EgressStream::OnClosed(bool clean, Instant now) {
  if (state_->Begin(now)) state_->OnClosed(clean);
}

void EgressStream::OnDeadline(Instant now) {
  if (state_->Begin(now)) state_->OnDeadline();
}

void EgressStream::Restart(const HeaderDeclarations& declarations,
                           Instant now) {
  if (state_->Begin(now)) state_->Restart(declarations);
}

void EgressStream::Finish(Instant now) {
  if (state_->Begin(now)) state_->Finish();
}

std::optional<Action> EgressStream::NextAction() {
  return state_->actions().Pop();
}

Instant EgressStream::deadline() const { return state_->deadline(); }

}  // namespace danegate
