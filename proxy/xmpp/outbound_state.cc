#include "proxy/xmpp/outbound_state.h"

#include <algorithm>
#include <utility>

#include "proxy/xmpp/hand_off_exchange.h"
#include "proxy/xmpp/limits.h"

namespace danegate {
namespace {

// The others end when our owner says so.
bool HasDeadline(OutboundPhase phase) {
  return phase != OutboundPhase::kReady &&
         phase != OutboundPhase::kEstablished &&
         phase != OutboundPhase::kClosed;
}

}  // namespace

std::string AwaitedIn(OutboundPhase phase) {
  switch (phase) {
    case OutboundPhase::kConnect:
      return "the connection";
    case OutboundPhase::kHandOff:
      return "its part of the hand-off (" + std::string(kHandOffSilence) + ")";
    case OutboundPhase::kHeader:
      return "its header and features";
    case OutboundPhase::kProceed:
      return "<proceed/>";
    case OutboundPhase::kHandshake:
      return "the TLS handshake";
    case OutboundPhase::kJudgement:
      return "the judgement of its certificate";
    case OutboundPhase::kSecureHeader:
      return "its header and features in TLS";
    case OutboundPhase::kAuth:
      return "the result of EXTERNAL";
    case OutboundPhase::kReady:
      return "our header";
    case OutboundPhase::kRestart:
      return "the header and features of the authenticated stream";
    case OutboundPhase::kEstablished:
      return "stanzas";
    case OutboundPhase::kKey:
      return "its word on the dialback key";
    case OutboundPhase::kFinishing:
      return "its </stream:stream>";
    case OutboundPhase::kClosed:
      return "nothing";
  }
  return "";
}

OutboundState::OutboundState(const OutboundSettings& settings, Instant now,
                             Instant ends)
    : settings_(settings), ends_(ends), now_(now) {
  Enter(Phase::kConnect);
}

bool OutboundState::Begin(Instant now) {
  now_ = now;
  return phase_ != Phase::kClosed;
}

void OutboundState::Enter(Phase phase) {
  phase_ = phase;
  if (!HasDeadline(phase)) {
    deadline_ = Instant::Never();
  } else if (phase == Phase::kFinishing) {
    deadline_ = now_ + limits::kCloseTime;
  } else {
    deadline_ = std::min(now_ + limits::kEgressStepTime, ends_);
  }
}

void OutboundState::Send(std::string_view bytes) {
  actions_.Push(action::Send{std::string(bytes)});
}

// The names go out as people write them, which is what stanzas hold and what
// the other server compares them with.
void OutboundState::SendHeader(const HeaderDeclarations& declarations,
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

void OutboundState::OnConnected() {
  if (phase_ != Phase::kConnect) return;
  if (settings_.direct_tls) {  // H-02
    actions_.Push(action::StartTls{});
    return Enter(Phase::kHandshake);
  }
  SendHeader({}, NegotiationLimits());
  Enter(Phase::kHeader);
}

void OutboundState::OnTlsEstablished() {
  if (phase_ == Phase::kHandshake) OnSecured();
}

// in cleartext or not, whatever has been opened is closed.
void OutboundState::Finish() {
  if (phase_ == Phase::kFinishing) return;
  if (!IsOpen()) {
    return End(CloseReason::kClosed, {}, {}, "not needed any more");
  }
  Send(kStreamClose);
  Enter(Phase::kFinishing);
}

void OutboundState::OnClosed(bool clean) {
  if (phase_ == Phase::kFinishing) {
    return End(CloseReason::kClosed, {}, {}, "");
  }
  End(CloseReason::kTruncated, {}, {},
      std::string(clean ? "it closed the connection" : "the connection broke") +
          " while we waited for " + AwaitedIn(phase_));
}

void OutboundState::OnDeadline() {
  if (now_ < deadline_) return;
  if (phase_ == Phase::kFinishing) {
    return End(CloseReason::kClosed, {}, {}, "it did not answer our close");
  }
  End(CloseReason::kDeadline, {}, {},
      "waited too long for " + AwaitedIn(phase_));
}

void OutboundState::Fail(CloseReason reason, std::string detail) {
  if (IsOpen() && phase_ != Phase::kFinishing) Send(kStreamClose);
  End(reason, {}, {}, std::move(detail));
}

void OutboundState::End(CloseReason reason, std::optional<StreamError> error,
                        std::optional<SaslFailure> failure,
                        std::string detail) {
  OnEnding(reason, error);
  actions_.Push(action::Close{std::move(error), std::move(failure),
                              std::string(ToString(reason)),
                              std::move(detail)});
  Enter(Phase::kClosed);
}

}  // namespace danegate
