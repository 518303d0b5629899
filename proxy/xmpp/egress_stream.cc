#include "proxy/xmpp/egress_stream.h"

#include <utility>

#include "proxy/xmpp/backend_features.h"
#include "proxy/xmpp/bytes.h"
#include "proxy/xmpp/hand_off_exchange.h"
#include "proxy/xmpp/namespaces.h"
#include "proxy/xmpp/outbound_state.h"
#include "proxy/xmpp/sasl_external.h"
#include "verifier/check.h"

namespace danegate {

class EgressStream::State final : public OutboundState {
 public:
  State(const EgressSettings& settings, Instant now)
      : OutboundState({settings.from, settings.to, settings.direct_tls}, now,
                      Instant::Never()) {
    if (settings.offer) exchange_.emplace(*settings.offer);
  }

  // What differs where the stream has neither TLS nor SASL.
  void OnConnection() {
    if (!exchange_) return OnConnected();
    if (phase() == Phase::kConnect) Enter(Phase::kHandOff);
  }
  void OnInput(std::string_view input) {
    if (phase() != Phase::kHandOff) return OnBytes(input);
    if (const auto outcome = exchange_->OnBytes(input)) {
      std::visit([this](const auto& its) { OnHandOff(its); }, *outcome);
    }
  }
  void OnEnd(bool clean) {
    if (phase() != Phase::kHandOff) return OnClosed(clean);
    End(CloseReason::kTruncated, {}, {}, std::string(kHandOffCutShort));
  }

  void Restart(const HeaderDeclarations& declarations) {
    DANEGATE_CHECK(phase() == Phase::kReady || phase() == Phase::kFinishing);
    if (phase() != Phase::kReady) return;
    SendHeader(declarations, StanzaLimits());
    Enter(Phase::kRestart);
  }

 private:
  void OnNoStartTls() override {
    Fail(CloseReason::kBadStream,
         "it offers no STARTTLS: give it a certificate for " +
             settings().to.ascii() + ", or configure tls: direct");
  }
  void OnSecured() override {
    SendHeader({}, NegotiationLimits());
    Enter(Phase::kSecureHeader);
  }
  void OnSecureElement(const XmlElement& element) override {
    const bool features = element.Is(xmlns::kStreams, "features");
    if (features && phase() == Phase::kSecureHeader)
      return Authenticate(element);
    if (features && phase() == Phase::kRestart) return Establish(element);
    if (!features && phase() == Phase::kAuth) return OnSaslAnswer(element);
    OnUnexpected(element);
  }

  void OnHandOff(const HandOffExchange::Header&);
  void OnHandOff(HandOffExchange::Taken);
  void OnHandOff(const HandOffExchange::Refused&);
  void OnHandOff(const HandOffExchange::Wrong&);
  void Authenticate(const XmlElement& features);
  void OnSaslAnswer(const XmlElement&);
  void Establish(const XmlElement& features);

  std::optional<HandOffExchange> exchange_;
};

void EgressStream::State::OnHandOff(const HandOffExchange::Header& header) {
  Send(header.bytes);
}

void EgressStream::State::OnHandOff(HandOffExchange::Taken) {
  actions().Push(action::Ready{});
  Enter(Phase::kReady);
}

// As if it had refused EXTERNAL: it works, and does not want this stream.
void EgressStream::State::OnHandOff(const HandOffExchange::Refused& its) {
  End(CloseReason::kAuthFailed, {},
      SaslFailure{SaslCondition::kNotAuthorized, its.why},
      "it refused the hand-off: " + its.why);
}

void EgressStream::State::OnHandOff(const HandOffExchange::Wrong& its) {
  Fail(CloseReason::kBadStream, its.why);
}

void EgressStream::State::Authenticate(const XmlElement& features) {
  if (!OffersExternal(features)) {
    return Fail(CloseReason::kAuthFailed,
                "it does not offer EXTERNAL: it must trust the edge CA for "
                "connections between servers");
  }
  Send(WriteAuth(settings().from));
  Enter(Phase::kAuth);
}

void EgressStream::State::OnSaslAnswer(const XmlElement& element) {
  if (element.Is(xmlns::kSasl, "success")) {
    actions().Push(action::Ready{});
    return Enter(Phase::kReady);
  }
  if (!element.Is(xmlns::kSasl, "failure")) return OnUnexpected(element);
  auto failure = ReadSaslFailure(element);
  std::string detail =
      "it refused EXTERNAL: " + std::string(ToString(failure.condition)) +
      (failure.text.empty() ? "" : ": " + failure.text);
  Send(kStreamClose);
  End(CloseReason::kAuthFailed, {}, std::move(failure), std::move(detail));
}

// Behind EXTERNAL a list of mechanisms is left over, since <success/> has come.
// Behind an offer it says that the stream is nobody's: stanzas would be lost.
void EgressStream::State::Establish(const XmlElement& features) {
  if (exchange_ && AsksForSasl(features)) {
    return Fail(CloseReason::kAuthFailed,
                "it took the hand-off, and now asks us to authenticate: "
                "expected features without SASL; enable mod_danegate for " +
                    settings().to.ascii() +
                    " too, or look for a module that overrides it");
  }
  actions().Push(action::Features{PassableFeatures(features)});
  ReadErrorsOnly();
  Enter(Phase::kEstablished);
}

// --- the outside -------------------------------------------------------------

EgressStream::EgressStream(const EgressSettings& settings, Instant now)
    : state_(std::make_unique<State>(settings, now)) {}

EgressStream::~EgressStream() = default;

void EgressStream::OnConnected(Instant now) {
  if (state_->Begin(now)) state_->OnConnection();
}

void EgressStream::OnBytes(std::span<const std::byte> bytes, Instant now) {
  if (state_->Begin(now)) state_->OnInput(AsText(bytes));
}

void EgressStream::OnTlsEstablished(Instant now) {
  if (state_->Begin(now)) state_->OnTlsEstablished();
}

void EgressStream::OnClosed(bool clean, Instant now) {
  if (state_->Begin(now)) state_->OnEnd(clean);
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
