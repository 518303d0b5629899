#include "proxy/shard/secure_link.h"

#include <array>
#include <utility>

namespace danegate {
namespace {

// Decrypted bytes are consumed before the next are read: one buffer a thread.
thread_local std::array<std::byte, 16 * 1024> plaintext;

}  // namespace

void SecureLink::StartTls(TlsEngine engine) {
  tls_.emplace(std::move(engine));
  FlushTls();  // a client's first flight
}

void SecureLink::Resume() {
  if (ended_) return;
  tls_->Resume();
  DrainTls();
}

void SecureLink::Write(std::span<const std::byte> bytes) {
  if (closed_) return;
  if (!tls_) return link_->Write(bytes);
  if (!CanWriteTls()) return;
  tls_->Write(bytes);
  if (!draining_) FlushTls();
}

// A close_notify of the other side leaves our direction open: the answer to its
// "</stream:stream>" still goes out.
bool SecureLink::CanWriteTls() const {
  return tls_ && (tls_->state() == TlsEngine::State::kOpen ||
                  tls_->state() == TlsEngine::State::kClosed);
}

void SecureLink::Close() {
  if (closed_ || link_ == nullptr) return;
  ended_ = closed_ = true;
  if (CanWriteTls()) tls_->Close();
  FlushTls();
}

void SecureLink::FlushTls() {
  if (!tls_) return;
  const auto bytes = tls_->ciphertext();
  if (bytes.empty()) return;
  link_->Write(bytes);
  tls_->ConsumeCiphertext(bytes.size());
}

void SecureLink::OnConnected() {
  if (!ended_) owner_.OnConnected();
}

void SecureLink::OnBytes(std::span<const std::byte> bytes) {
  if (ended_) return;
  if (!tls_) return owner_.OnPlaintext(bytes);
  tls_->OnCiphertext(bytes);
  DrainTls();
}

void SecureLink::DrainTls() {
  if (tls_->waits_for() != 0) return owner_.OnTlsWaits(tls_->waits_for());
  draining_ = true;
  const auto state = tls_->state();
  if (state == TlsEngine::State::kOpen && !tls_established_) {
    tls_established_ = true;
    owner_.OnTlsEstablished();
  }
  while (!ended_) {
    const std::size_t count = tls_->Read(plaintext);
    if (count == 0) break;
    owner_.OnPlaintext(std::span(plaintext).first(count));
  }
  draining_ = false;
  FlushTls();
  if (tls_->state() == TlsEngine::State::kFailed) {
    End({false, true, tls_->error()});
  } else if (tls_->state() == TlsEngine::State::kClosed) {
    End({true, false, ""});
  }
}

void SecureLink::OnDrained() {
  if (!ended_) owner_.OnDrained();
}

void SecureLink::OnLinkClosed(const std::string& error) {
  End({!tls_ && error.empty(), false, error});
}

void SecureLink::End(LinkEnd end) {
  if (ended_) return;
  ended_ = true;
  owner_.OnEnded(end);
}

}  // namespace danegate
