// What another server says, up to the header inside TLS, and our answers.
#include <utility>

#include "proxy/xmpp/backend_features.h"
#include "proxy/xmpp/namespaces.h"
#include "proxy/xmpp/outbound_state.h"
#include "proxy/xmpp/starttls.h"
#include "proxy/xmpp/xml_writer.h"

namespace danegate {

void OutboundState::OnBytes(std::string_view input) {
  if (phase_ == Phase::kConnect || phase_ == Phase::kHandshake) {
    return End(CloseReason::kInjection, {}, {}, "cleartext in place of TLS");
  }
  if (!IsOpen()) {
    return End(CloseReason::kBadStream, {}, {}, "it spoke before our header");
  }
  OnReceived(input.size());
  WakeReader();
  while (phase_ != Phase::kClosed && phase_ != Phase::kHandshake) {
    auto event = reader_->Next(input);
    if (!event) return RestReader();
    std::visit([&](const auto& what) { OnEvent(what, input); }, *event);
  }
}

// The version is not asked for: a header that comes before an error often has
// none, and the error says more.
void OutboundState::OnEvent(const StreamHeader& header, std::string_view) {
  if (const auto error = CheckNamespaces(header)) {
    return Fail(CloseReason::kBadStream, "its header is wrong: " + error->text);
  }
  scope_ = WriteScope(header);
}

void OutboundState::ReadErrorsOnly() {
  errors_only_ = true;
  reader_->KeepOnly(xmlns::kStreams);
}

void OutboundState::WakeReader() {
  if (reader_) return;
  reader_.emplace(StanzaLimits());
  reader_->KeepOnly(xmlns::kStreams);
  std::string_view scope = scope_;
  reader_->Next(scope);
}

void OutboundState::RestReader() {
  if (errors_only_ && reader_->IsBetweenElements()) reader_.reset();
}

void OutboundState::OnEvent(const XmlElement& element, std::string_view rest) {
  if (element.Is(xmlns::kStreams, "error")) {
    return OnServerError(ReadStreamError(element));
  }
  if (phase_ == Phase::kEstablished || phase_ == Phase::kFinishing) return;
  if (phase_ == Phase::kHeader || phase_ == Phase::kProceed) {
    return OnClearElement(element, rest);
  }
  OnSecureElement(element);
}

void OutboundState::OnEvent(StreamReader::End, std::string_view) {
  if (phase_ == Phase::kFinishing) {
    return End(CloseReason::kClosed, {}, {}, "");
  }
  Send(kStreamClose);
  End(CloseReason::kClosed, {}, {},
      "it closed the stream while we waited for " + AwaitedIn(phase_));
}

void OutboundState::OnEvent(const StreamError& error, std::string_view) {
  Fail(CloseReason::kBadStream, "its XML is wrong: " + error.text);
}

void OutboundState::OnServerError(const StreamError& error) {
  if (phase_ != Phase::kFinishing) Send(kStreamClose);
  End(CloseReason::kPeerError, error, {},
      std::string(ToString(error.condition)) +
          (error.text.empty() ? "" : ": " + error.text));
}

void OutboundState::OnClearElement(const XmlElement& element,
                                   std::string_view rest) {
  if (phase_ == Phase::kProceed) return OnTlsAnswer(element, rest);
  if (!element.Is(xmlns::kStreams, "features")) return OnUnexpected(element);
  if (!OffersStartTls(element)) return OnNoStartTls();
  Send(starttls::kRequest);
  Enter(Phase::kProceed);
}

void OutboundState::OnTlsAnswer(const XmlElement& element,
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

void OutboundState::OnUnexpected(const XmlElement& element) {
  Fail(CloseReason::kBadStream,
       "it sent " + Quoted(element.local) + " in " + Quoted(element.uri) +
           " while we waited for " + AwaitedIn(phase_));
}

}  // namespace danegate
