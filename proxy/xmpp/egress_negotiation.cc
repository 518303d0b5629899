// What the server says, and our answers.
#include <utility>

#include "proxy/xmpp/backend_features.h"
#include "proxy/xmpp/egress_state.h"
#include "proxy/xmpp/namespaces.h"
#include "proxy/xmpp/sasl_external.h"
#include "proxy/xmpp/starttls.h"
#include "proxy/xmpp/xml_writer.h"

namespace danegate {

void EgressStream::State::OnBytes(std::string_view input) {
  if (phase_ == Phase::kConnect || phase_ == Phase::kHandshake) {
    return End(CloseReason::kInjection, {}, {}, "cleartext in place of TLS");
  }
  while (phase_ != Phase::kClosed && phase_ != Phase::kHandshake) {
    auto event = reader_->Next(input);
    if (!event) return;
    std::visit([&](const auto& what) { OnEvent(what, input); }, *event);
  }
}

// The version is not asked for: a header that comes before an error often has
// none, and the error says more.
void EgressStream::State::OnEvent(const StreamHeader& header,
                                  std::string_view) {
  if (const auto error = CheckNamespaces(header)) {
    Fail(CloseReason::kBadStream, "its header is wrong: " + error->text);
  }
}

void EgressStream::State::OnEvent(const XmlElement& element,
                                  std::string_view rest) {
  if (element.Is(xmlns::kStreams, "error")) {
    return OnServerError(ReadStreamError(element));
  }
  if (phase_ == Phase::kEstablished || phase_ == Phase::kFinishing) return;
  if (element.Is(xmlns::kStreams, "features")) return OnFeatures(element);
  if (phase_ == Phase::kProceed) return OnTlsAnswer(element, rest);
  if (phase_ == Phase::kAuth) return OnSaslAnswer(element);
  OnUnexpected(element);
}

void EgressStream::State::OnEvent(StreamReader::End, std::string_view) {
  if (phase_ == Phase::kFinishing) {
    return End(CloseReason::kClosed, {}, {}, "");
  }
  Send(kStreamClose);
  End(CloseReason::kClosed, {}, {},
      "it closed the stream while we waited for " +
          std::string(AwaitedIn(phase_)));
}

void EgressStream::State::OnEvent(const StreamError& error, std::string_view) {
  Fail(CloseReason::kBadStream, "its XML is wrong: " + error.text);
}

void EgressStream::State::OnServerError(const StreamError& error) {
  if (phase_ != Phase::kFinishing) Send(kStreamClose);
  End(CloseReason::kPeerError, error, {},
      std::string(ToString(error.condition)) +
          (error.text.empty() ? "" : ": " + error.text));
}

void EgressStream::State::OnFeatures(const XmlElement& features) {
  if (phase_ == Phase::kHeader) {
    if (!OffersStartTls(features)) {  // fail closed
      return Fail(CloseReason::kBadStream,
                  "it offers no STARTTLS: give it a certificate for " +
                      settings_.to.ascii() + ", or configure tls: direct");
    }
    Send(starttls::kRequest);
    Enter(Phase::kProceed);
  } else if (phase_ == Phase::kSecureHeader) {
    if (!OffersExternal(features)) {
      return Fail(CloseReason::kAuthFailed,
                  "it does not offer EXTERNAL: it must trust the edge CA for "
                  "connections between servers");
    }
    Send(WriteAuth(settings_.from));
    Enter(Phase::kAuth);
  } else if (phase_ == Phase::kRestart) {
    actions_.Push(action::Features{PassableFeatures(features)});
    reader_->KeepOnly(xmlns::kStreams);
    Enter(Phase::kEstablished);
  } else {
    OnUnexpected(features);
  }
}

void EgressStream::State::OnTlsAnswer(const XmlElement& element,
                                      std::string_view rest) {
  if (element.Is(xmlns::kTls, "failure")) {
    return Fail(CloseReason::kPeerError,
                "it answered <starttls/> by <failure/>");
  }
  if (!element.Is(xmlns::kTls, "proceed")) return OnUnexpected(element);
  if (!rest.empty()) {
    return End(CloseReason::kInjection, {}, {}, "data behind <proceed/>");
  }
  actions_.Push(action::StartTls{});
  reader_.reset();
  Enter(Phase::kHandshake);
}

void EgressStream::State::OnSaslAnswer(const XmlElement& element) {
  if (element.Is(xmlns::kSasl, "success")) {
    actions_.Push(action::Ready{});
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

void EgressStream::State::OnUnexpected(const XmlElement& element) {
  Fail(CloseReason::kBadStream,
       "it sent " + Quoted(element.local) + " in " + Quoted(element.uri) +
           " while we waited for " + std::string(AwaitedIn(phase_)));
}

}  // namespace danegate
