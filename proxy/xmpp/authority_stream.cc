#include "proxy/xmpp/authority_stream.h"

#include <utility>

#include "proxy/xmpp/bytes.h"
#include "proxy/xmpp/dialback.h"
#include "proxy/xmpp/limits.h"
#include "proxy/xmpp/namespaces.h"
#include "proxy/xmpp/outbound_state.h"

namespace danegate {
namespace {

using Kind = action::KeyVerified::Kind;

// G-25: what the end of the stream says about the server.
DialbackCondition ConditionOf(CloseReason reason, OutboundPhase phase,
                              const std::optional<StreamError>& error) {
  if (error && (error->condition == StreamCondition::kHostUnknown ||
                error->condition == StreamCondition::kHostGone)) {
    return DialbackCondition::kRemoteServerNotFound;
  }
  if (phase == OutboundPhase::kConnect || phase == OutboundPhase::kHandshake) {
    return DialbackCondition::kRemoteConnectionFailed;
  }
  if (reason == CloseReason::kBadStream || reason == CloseReason::kInjection) {
    return DialbackCondition::kNotAcceptable;
  }
  return DialbackCondition::kRemoteServerTimeout;
}

}  // namespace

class AuthorityStream::State final : public OutboundState {
 public:
  State(const AuthoritySettings& settings, Instant now)
      : OutboundState(settings.stream, now, now + limits::kAuthorityTime),
        id_(settings.id),
        key_(settings.key) {}

  void OnAuthorityJudged(bool acceptable);
  void GiveUp() {
    answered_ = true;
    Finish();
  }

 private:
  void OnNoStartTls() override;
  void OnSecured() override;
  void OnSecureElement(const XmlElement&) override;
  void OnEnding(CloseReason, const std::optional<StreamError>&) override;
  void OnReceived(std::size_t octets) override;

  void OnVerifyElement(const XmlElement&);
  void Answer(Kind,
              DialbackError error = {DialbackCondition::kNotAcceptable, ""});
  std::string Name() const { return settings().to.ascii(); }

  const std::string id_;
  const std::string key_;
  std::size_t received_ = 0;
  bool answered_ = false;
};

void AuthorityStream::State::OnNoStartTls() {  // G-26
  Answer(Kind::kError, {DialbackCondition::kPolicyViolation,
                        "the server of " + Name() + " offers no TLS"});
  Fail(CloseReason::kBadStream, "it offers no STARTTLS");
}

void AuthorityStream::State::OnSecured() {
  actions().Push(action::JudgeAuthority{});
  Enter(Phase::kJudgement);
}

// G-27: a wrong certificate makes even the right key worthless.
void AuthorityStream::State::OnAuthorityJudged(bool acceptable) {
  if (phase() != Phase::kJudgement) return;
  if (!acceptable) {
    Answer(Kind::kError, {DialbackCondition::kNotAuthorized,
                          "the server of " + Name() +
                              " does not prove by its certificate who it is"});
    return End(CloseReason::kNotProven, {}, {},
               "its certificate is not acceptable");
  }
  SendHeader({}, NegotiationLimits());
  Enter(Phase::kSecureHeader);
}

// A-69, E12: what a stranger says is bounded, however it is cut.
void AuthorityStream::State::OnReceived(std::size_t octets) {
  received_ += octets;
  if (received_ <= limits::kNegotiationBytes) return;
  Fail(CloseReason::kBadStream, "it sent more than " +
                                    std::to_string(limits::kNegotiationBytes) +
                                    " octets");
}

void AuthorityStream::State::OnSecureElement(const XmlElement& element) {
  if (phase() == Phase::kSecureHeader &&
      element.Is(xmlns::kStreams, "features")) {
    Send(WriteVerifyRequest(settings().from, settings().to, id_, key_));
    return Enter(Phase::kKey);
  }
  if (phase() == Phase::kKey && IsDialback(element)) OnVerifyElement(element);
}

// G-12, G-23: any other element was not asked for.
void AuthorityStream::State::OnVerifyElement(const XmlElement& element) {
  const auto read = ReadDialback(element);
  if (!read || read->kind != DialbackElement::Kind::kVerify) return;
  if (read->from.domain != settings().to ||
      read->to.domain != settings().from || read->id != id_) {
    return;
  }
  switch (read->type) {
    case DialbackElement::Type::kRequest:
    case DialbackElement::Type::kUnknown:
      return;
    case DialbackElement::Type::kValid:
      Answer(Kind::kValid);
      break;
    case DialbackElement::Type::kInvalid:
      Answer(Kind::kInvalid);
      break;
    case DialbackElement::Type::kError:
      Answer(Kind::kError,
             {read->error.condition == DialbackCondition::kItemNotFound
                  ? DialbackCondition::kRemoteServerNotFound
                  : DialbackCondition::kNotAcceptable,
              "the server of " + Name() +
                  " says: " + std::string(ToString(read->error.condition))});
      break;
  }
  Finish();
}

void AuthorityStream::State::Answer(Kind kind, DialbackError error) {
  if (std::exchange(answered_, true)) return;
  actions().Push(action::KeyVerified{kind, std::move(error)});
}

void AuthorityStream::State::OnEnding(CloseReason reason,
                                      const std::optional<StreamError>& error) {
  Answer(Kind::kError,
         {ConditionOf(reason, phase(), error),
          "the server of " + Name() + " could not be asked about the key"});
}

// --- the outside -------------------------------------------------------------

AuthorityStream::AuthorityStream(const AuthoritySettings& settings, Instant now)
    : state_(std::make_unique<State>(settings, now)) {}

AuthorityStream::~AuthorityStream() = default;

void AuthorityStream::OnConnected(Instant now) {
  if (state_->Begin(now)) state_->OnConnected();
}

void AuthorityStream::OnBytes(std::span<const std::byte> bytes, Instant now) {
  if (state_->Begin(now)) state_->OnBytes(AsText(bytes));
}

void AuthorityStream::OnTlsEstablished(Instant now) {
  if (state_->Begin(now)) state_->OnTlsEstablished();
}

void AuthorityStream::OnAuthorityJudged(bool acceptable, Instant now) {
  if (state_->Begin(now)) state_->OnAuthorityJudged(acceptable);
}

void AuthorityStream::OnClosed(bool clean, Instant now) {
  if (state_->Begin(now)) state_->OnClosed(clean);
}

void AuthorityStream::OnDeadline(Instant now) {
  if (state_->Begin(now)) state_->OnDeadline();
}

void AuthorityStream::Finish(Instant now) {
  if (state_->Begin(now)) state_->GiveUp();
}

std::optional<Action> AuthorityStream::NextAction() {
  return state_->actions().Pop();
}

Instant AuthorityStream::deadline() const { return state_->deadline(); }

}  // namespace danegate
