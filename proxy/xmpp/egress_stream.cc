#include "proxy/xmpp/egress_stream.h"

#include <utility>

#include "proxy/xmpp/backend_features.h"
#include "proxy/xmpp/bytes.h"
#include "proxy/xmpp/namespaces.h"
#include "proxy/xmpp/outbound_state.h"
#include "proxy/xmpp/sasl_external.h"
#include "verifier/check.h"

namespace danegate {

class EgressStream::State final : public OutboundState {
 public:
  State(const EgressSettings& settings, Instant now)
      : OutboundState(settings, now, Instant::Never()) {}

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

  void Authenticate(const XmlElement& features);
  void OnSaslAnswer(const XmlElement&);
  void Establish(const XmlElement& features);
};

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

void EgressStream::State::Establish(const XmlElement& features) {
  actions().Push(action::Features{PassableFeatures(features)});
  ReadErrorsOnly();
  Enter(Phase::kEstablished);
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
