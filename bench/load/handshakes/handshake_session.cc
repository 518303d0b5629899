#include "bench/load/handshakes/handshake_session.h"

#include <array>
#include <utility>

#include "proxy/tls/client_context.h"
#include "proxy/xmpp/bytes.h"
#include "verifier/check.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

// What a server says inside TLS is nothing to us.
void Discard(TlsEngine& tls) {
  std::array<std::byte, 4096> unread;
  while (tls.Read(unread) > 0) {
  }
}

}  // namespace

std::string_view ToString(HandshakeSession::Step step) {
  switch (step) {
    case HandshakeSession::Step::kConnect:
      return "connect";
    case HandshakeSession::Step::kStartTls:
      return "STARTTLS";
    case HandshakeSession::Step::kTls:
      return "TLS";
    case HandshakeSession::Step::kAnswer:
      return "after our Finished";
  }
  return "";
}

HandshakeSession::HandshakeSession(const ClientContext& context,
                                   const LoadPeer& peer, const Domain& wanted,
                                   bool direct_tls,
                                   std::function<void()> on_ended)
    : context_(context),
      credential_(peer.credential),
      between_{peer.domain, wanted, direct_tls},
      on_ended_(std::move(on_ended)) {}

std::string HandshakeSession::Start(Loop& loop, const SocketAddress& address,
                                    Instant until) {
  auto link = TcpLink::Connect(loop, *this, address);
  if (!link) return link.error();
  link_ = *std::move(link);
  stream_.emplace(between_, MonotonicNow(), until);
  return "";
}

void HandshakeSession::OnConnected() {
  if (over_) return;
  step_ = Step::kStartTls;
  stream_->OnConnected(MonotonicNow());
  Settle();
  if (!over_) link_->Resume();
}

void HandshakeSession::OnBytes(std::span<const std::byte> bytes) {
  if (over_) return;
  if (tls_) return OnCiphertext(bytes);
  stream_->OnBytes(bytes, MonotonicNow());
  Settle();
}

void HandshakeSession::OnCiphertext(std::span<const std::byte> bytes) {
  tls_->OnCiphertext(bytes);
  Discard(*tls_);
  const auto state = tls_->state();
  const bool secured =
      state == TlsEngine::State::kOpen || state == TlsEngine::State::kClosed;
  if (secured && step_ == Step::kTls) OnSecured();
  FlushTls();
  if (over_) return;
  if (state == TlsEngine::State::kFailed) return End(tls_->error());
  if (state == TlsEngine::State::kClosed) End("");
}

void HandshakeSession::OnSecured() {
  secured_at_ = MonotonicNow();
  chain_ = tls_->peer_chain();
  stream_->OnTlsEstablished(secured_at_);
  Settle();
}

void HandshakeSession::OnLinkClosed(const std::string& error) {
  if (over_) return;
  if (!error.empty() || step_ == Step::kAnswer) return End(error);
  stream_->OnClosed(!tls_, MonotonicNow());
  Settle();
}

void HandshakeSession::OnDeadline(Instant now) {
  if (over_) return;
  if (step_ == Step::kConnect) return End("no answer in time");
  if (step_ == Step::kAnswer) return End("no answer to close_notify in time");
  stream_->OnDeadline(now);
  Settle();
}

void HandshakeSession::Settle() {
  while (!over_ && step_ != Step::kAnswer) {
    const auto action = stream_->NextAction();
    if (!action) return;
    Carry(*action);
  }
}

void HandshakeSession::Carry(const Action& action) {
  if (const auto* send = std::get_if<action::Send>(&action)) {
    link_->Write(AsBytes(send->bytes));
  } else if (std::holds_alternative<action::StartTls>(action)) {
    step_ = Step::kTls;
    tls_.emplace(TlsEngine::Connect(context_, credential_, between_.to,
                                    between_.direct_tls));
    FlushTls();
  } else if (const auto* close = std::get_if<action::Close>(&action)) {
    if (chain_.empty()) return End(close->detail);
    step_ = Step::kAnswer;
    tls_->Close();
  } else {
    DANEGATE_CHECK(false);  // no other action is a probe's
  }
}

void HandshakeSession::FlushTls() {
  link_->Write(tls_->ciphertext());
  tls_->ConsumeCiphertext(tls_->ciphertext().size());
}

void HandshakeSession::End(std::string error) {
  over_ = true;
  error_ = std::move(error);
  on_ended_();
}

}  // namespace danegate
