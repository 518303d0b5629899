#include "bench/paths/served_stream.h"

#include "proxy/xmpp/bytes.h"
#include "tests/support/ingress_script.h"

namespace danegate::bench {

void ServedStream::Peer(std::string_view text, Instant now) {
  Peer(AsBytes(text), now,
       [](std::span<const std::byte>) { DANEGATE_CHECK(false); });
}

void ServedStream::TlsEstablished(Instant now) {
  stream_.OnTlsEstablished({.has_certificate = true}, now);
  Drain(now);
}

void ServedStream::Drain(Instant now) {
  while (const auto action = stream_.NextAction()) Answer(*action, now);
}

void ServedStream::Answer(const Action& wish, Instant now) {
  if (const auto* send = std::get_if<action::Send>(&wish)) {
    sent_ += send->bytes.size();
  } else if (const auto* look_up = std::get_if<action::LookUp>(&wish)) {
    stream_.OnAddressee(look_up->pair, {Addressee::Kind::kTenant, "acme"}, now);
  } else if (const auto* verify = std::get_if<action::Verify>(&wish)) {
    const auto verdict = std::make_shared<Verdict>(
        verify->peer, Outcome::kProved, Reason::kMatched);
    verdict->expires = now + std::chrono::hours(1);
    stream_.OnVerdict(verify->pair, verdict, now);
  } else if (const auto* open = std::get_if<action::OpenBackend>(&wish)) {
    stream_.OnBackendReady(open->pair, now);
  } else if (const auto* restart = std::get_if<action::RestartBackend>(&wish)) {
    stream_.OnBackendFeatures(restart->pair, "", now);
  } else {
    DANEGATE_CHECK(std::holds_alternative<action::StartTls>(wish));
  }
}

void Establish(ServedStream& served, Instant now) {
  static const std::string header = PeerHeader();
  served.Peer(header, now);
  served.Peer(kStartTls, now);
  served.TlsEstablished(now);
  served.Peer(header, now);
  served.Peer(kAuth, now);
  served.Peer(header, now);
  DANEGATE_CHECK(served.established());
}

}  // namespace danegate::bench
