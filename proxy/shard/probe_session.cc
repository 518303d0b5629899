#include "proxy/shard/probe_session.h"

#include <utility>

#include "proxy/tls/client_context.h"
#include "verifier/check.h"
#include "verifier/clock.h"

namespace danegate {

ProbeSession::ProbeSession(const ClientContext& context,
                           std::shared_ptr<const Credential> credential,
                           const OutboundSettings& between, Domain server_name,
                           std::function<void()> on_ended)
    : context_(context),
      credential_(std::move(credential)),
      between_(between),
      server_name_(std::move(server_name)),
      on_ended_(std::move(on_ended)) {}

std::string ProbeSession::Start(Loop& loop, const SocketAddress& address,
                                Instant until) {
  auto link = TcpLink::Connect(loop, link_, address);
  if (!link) return link.error();
  link_.Attach(*std::move(link));
  until_ = until;
  stream_.emplace(between_, MonotonicNow(), until);
  return "";
}

Instant ProbeSession::deadline() const {
  if (!stream_) return Instant::Never();
  return step_ == Step::kConnect ? until_ : stream_->deadline();
}

void ProbeSession::OnConnected() {
  if (!stream_) return;
  step_ = Step::kStartTls;
  stream_->OnConnected(MonotonicNow());
  Settle();
  if (stream_) link_.link().Resume();
}

void ProbeSession::OnTlsEstablished() {
  if (!stream_) return;
  secured_at_ = MonotonicNow();
  const TlsEngine& tls = *link_.tls();
  chain_ = tls.peer_chain();
  tls_ = std::string(tls.version()) + ", " + std::string(tls.cipher());
  stream_->OnTlsEstablished(secured_at_);
  Settle();
}

void ProbeSession::OnPlaintext(std::span<const std::byte> bytes) {
  if (!stream_) return;
  stream_->OnBytes(bytes, MonotonicNow());
  Settle();
}

void ProbeSession::OnEnded(const LinkEnd& end) {
  if (!stream_) return;
  if (!end.error.empty()) return End(end.error);
  stream_->OnClosed(end.clean, MonotonicNow());
  Settle();
}

void ProbeSession::OnDeadline(Instant now) {
  if (!stream_ || now < deadline()) return;
  if (step_ == Step::kConnect) return End("no answer in time");
  stream_->OnDeadline(now);
  Settle();
}

void ProbeSession::Settle() {
  while (stream_) {
    const auto action = stream_->NextAction();
    if (!action) return;
    Carry(*action);
  }
}

void ProbeSession::Carry(const Action& action) {
  if (const auto* send = std::get_if<action::Send>(&action)) {
    link_.Write(std::as_bytes(std::span(send->bytes)));
  } else if (std::holds_alternative<action::StartTls>(action)) {
    step_ = Step::kTls;
    // K-1: whoever serves many domains chooses the certificate by this name.
    link_.StartTls(TlsEngine::Connect(context_, credential_, server_name_,
                                      between_.direct_tls));
  } else if (const auto* close = std::get_if<action::Close>(&action)) {
    End(chain_.empty() ? close->detail : "");
  } else {
    DANEGATE_CHECK(false);  // no other action is a probe's
  }
}

void ProbeSession::End(std::string error) {
  error_ = std::move(error);
  stream_.reset();
  link_.Close();
  on_ended_();
}

}  // namespace danegate
