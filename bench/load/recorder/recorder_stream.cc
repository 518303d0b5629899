#include "bench/load/recorder/recorder_stream.h"

#include <utility>
#include <variant>

#include "proxy/xmpp/namespaces.h"
#include "proxy/xmpp/sasl_external.h"
#include "proxy/xmpp/starttls.h"
#include "proxy/xmpp/xml_writer.h"

namespace danegate {
namespace {

std::string HeaderFor(const StreamHeader& header) {
  return WriteHeader({.id = "recorder",
                      .from = header.to.value_or(""),
                      .to = header.from.value_or(""),
                      .lang = ""});
}

}  // namespace

RecorderStream::RecorderStream(bool direct_tls) {
  Enter(direct_tls ? Phase::kHandshake : Phase::kHeader, !direct_tls);
}

void RecorderStream::Enter(Phase phase, bool new_stream) {
  phase_ = phase;
  if (new_stream) reader_.emplace(NegotiationLimits());
}

void RecorderStream::OnTlsEstablished() { Enter(Phase::kSecureHeader, true); }

void RecorderStream::OnBytes(std::string_view bytes) {
  if (phase_ == Phase::kClosed) return framer_.OnBytes({});
  if (phase_ == Phase::kOpen) return OnStanzas(bytes);
  Read(bytes);
}

void RecorderStream::Read(std::string_view bytes) {
  while (phase_ != Phase::kOpen && phase_ != Phase::kClosed) {
    if (phase_ == Phase::kHandshake) {
      if (!bytes.empty()) End("it sent cleartext where TLS begins");
      return;
    }
    const auto event = reader_->Next(bytes);
    if (!event) return;
    std::visit([this](const auto& what) { OnEvent(what); }, *event);
  }
  if (phase_ == Phase::kOpen) OnStanzas(bytes);
}

void RecorderStream::OnEvent(const StreamHeader& header) {
  Send(HeaderFor(header));
  if (phase_ == Phase::kHeader) {
    Send(std::string(starttls::kFeatures));
    return Enter(Phase::kStartTls, false);
  }
  if (phase_ == Phase::kSecureHeader) {
    Send("<stream:features>" + WriteMechanisms() + "</stream:features>");
    return Enter(Phase::kAuth, false);
  }
  Send("<stream:features/>");
  Enter(Phase::kOpen, false);
  reader_.reset();
}

void RecorderStream::OnEvent(const XmlElement& element) {
  if (phase_ == Phase::kStartTls && element.Is(xmlns::kTls, "starttls")) {
    Send(std::string(starttls::kProceed));
    actions_.Push(action::StartTls{});
    return Enter(Phase::kHandshake, false);
  }
  if (phase_ == Phase::kAuth && element.Is(xmlns::kSasl, "auth")) {
    Send(WriteSuccess());
    return Enter(Phase::kRestart, true);
  }
  End("it sent " + Quoted(element.local) + " in its negotiation");
}

void RecorderStream::OnEvent(const StreamReader::End&) {
  Send(std::string(kStreamClose));
  End("");
}

void RecorderStream::OnEvent(const StreamError& error) {
  End("its XML is wrong: " + error.text);
}

void RecorderStream::OnStanzas(std::string_view bytes) {
  framer_.OnBytes(bytes);
  if (!framer_.end()) return;
  Send(std::string(kStreamClose));
  End(*framer_.end() == StanzaFramer::End::kClosed
          ? ""
          : "no stanza of ours arrived: " + Quoted(framer_.foreign()));
}

void RecorderStream::End(std::string error) {
  error_ = std::move(error);
  actions_.Push(action::Close{});
  phase_ = Phase::kClosed;
}

}  // namespace danegate
