#include "proxy/xmpp/probe_stream.h"

#include "proxy/xmpp/bytes.h"
#include "proxy/xmpp/limits.h"
#include "proxy/xmpp/outbound_state.h"

namespace danegate {

class ProbeStream::State final : public OutboundState {
 public:
  State(const OutboundSettings& settings, Instant now, Instant ends)
      : OutboundState(settings, now, ends) {}

 private:
  void OnNoStartTls() override {
    Fail(CloseReason::kBadStream, "it offers no STARTTLS");
  }
  void OnSecured() override { End(CloseReason::kClosed, {}, {}, ""); }
  void OnSecureElement(const XmlElement&) override {}
  void OnReceived(std::size_t octets) override;

  std::size_t received_ = 0;
};

void ProbeStream::State::OnReceived(std::size_t octets) {
  received_ += octets;
  if (received_ <= limits::kNegotiationBytes) return;
  Fail(CloseReason::kBadStream, "it sent more than " +
                                    std::to_string(limits::kNegotiationBytes) +
                                    " octets before TLS");
}

ProbeStream::ProbeStream(const OutboundSettings& settings, Instant now,
                         Instant ends)
    : state_(std::make_unique<State>(settings, now, ends)) {}

ProbeStream::~ProbeStream() = default;

void ProbeStream::OnConnected(Instant now) {
  if (state_->Begin(now)) state_->OnConnected();
}

void ProbeStream::OnBytes(std::span<const std::byte> bytes, Instant now) {
  if (state_->Begin(now)) state_->OnBytes(AsText(bytes));
}

void ProbeStream::OnTlsEstablished(Instant now) {
  if (state_->Begin(now)) state_->OnTlsEstablished();
}

void ProbeStream::OnClosed(bool clean, Instant now) {
  if (state_->Begin(now)) state_->OnClosed(clean);
}

void ProbeStream::OnDeadline(Instant now) {
  if (state_->Begin(now)) state_->OnDeadline();
}

std::optional<Action> ProbeStream::NextAction() {
  return state_->actions().Pop();
}

Instant ProbeStream::deadline() const { return state_->deadline(); }

}  // namespace danegate
