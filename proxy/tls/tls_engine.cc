#include "proxy/tls/tls_engine.h"

#include <openssl/err.h>
#include <openssl/pool.h>
#include <openssl/ssl.h>
#include <openssl/stack.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "proxy/tls/client_context.h"
#include "proxy/tls/failure.h"
#include "proxy/tls/handshake.h"
#include "proxy/tls/memory_bio.h"
#include "proxy/tls/server_context.h"
#include "proxy/tls/tls_settings.h"
#include "verifier/check.h"

namespace danegate {
namespace {

// BoringSSL counts in int.
constexpr std::size_t kMostAtOnce = std::size_t{1} << 30;

int ToInt(std::size_t size) {
  return static_cast<int>(std::min(size, kMostAtOnce));
}

}  // namespace

// BoringSSL points into it, so it never moves.
class TlsEngine::Connection {
 public:
  explicit Connection(SSL_CTX* settings);

  SSL* ssl() const { return ssl_.get(); }
  Handshake& handshake() { return handshake_; }
  MemoryBio& bio() { return bio_; }
  State state() const { return state_; }
  const std::string& error() const { return error_; }

  void OnCiphertext(std::span<const std::byte>);
  std::size_t Read(std::span<std::byte> out);
  void Write(std::span<const std::byte>);
  void Close();
  void DriveHandshake();

 private:
  void OpenNextRecord();
  // Whether there is anything for BoringSSL to read.
  bool HasUnread() const {
    return bio_.has_unread() || SSL_has_pending(ssl_.get()) == 1;
  }
  void OnReadStopped(int result);
  void Fail();

  MemoryBio bio_;
  Handshake handshake_;
  bssl::UniquePtr<SSL> ssl_;
  State state_ = State::kHandshaking;
  bool closing_ = false;  // we said close_notify
  std::string error_;
};

TlsEngine::Connection::Connection(SSL_CTX* settings) : ssl_(SSL_new(settings)) {
  DANEGATE_CHECK(ssl_ != nullptr);
  BIO* bio = bio_.NewBio().release();
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_shed_handshake_config(ssl_.get(), 1);
  handshake_.AttachTo(ssl_.get());
}

void TlsEngine::Connection::OnCiphertext(std::span<const std::byte> bytes) {
  if (state_ == State::kClosed || state_ == State::kFailed) return;
  bio_.Offer(bytes);
  if (state_ == State::kHandshaking) DriveHandshake();
  if (state_ == State::kOpen) OpenNextRecord();
  bio_.Keep();
}

void TlsEngine::Connection::DriveHandshake() {
  const int result = SSL_do_handshake(ssl());
  if (result == 1) {
    state_ = State::kOpen;
    handshake_.select = nullptr;
    handshake_.to.reset();
    return;
  }
  const int why = SSL_get_error(ssl(), result);
  if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_PENDING_CERTIFICATE) {
    Fail();
  }
}

// Has BoringSSL take a record out of the bytes on offer: most often that is all
// of them, and nothing needs to be kept. And state() is the truth at once where
// no data comes before a close_notify or an alert.
void TlsEngine::Connection::OpenNextRecord() {
  std::byte first;
  const int result = SSL_peek(ssl(), &first, 1);
  if (result <= 0) OnReadStopped(result);
}

std::size_t TlsEngine::Connection::Read(std::span<std::byte> out) {
  std::size_t count = 0;
  while (state_ == State::kOpen && count < out.size() && HasUnread()) {
    const auto rest = out.subspan(count);
    const int result = SSL_read(ssl(), rest.data(), ToInt(rest.size()));
    if (result <= 0) {
      OnReadStopped(result);
      break;
    }
    count += static_cast<std::size_t>(result);
  }
  return count;
}

void TlsEngine::Connection::OnReadStopped(int result) {
  switch (SSL_get_error(ssl(), result)) {
    case SSL_ERROR_WANT_READ:
      return;
    case SSL_ERROR_ZERO_RETURN:
      state_ = State::kClosed;
      bio_.Discard();
      return;
  }
  Fail();
}

void TlsEngine::Connection::Write(std::span<const std::byte> bytes) {
  DANEGATE_CHECK(state_ == State::kOpen || state_ == State::kClosed);
  DANEGATE_CHECK(!closing_);
  while (!bytes.empty()) {
    const int result = SSL_write(ssl(), bytes.data(), ToInt(bytes.size()));
    if (result <= 0) return Fail();
    bytes = bytes.subspan(static_cast<std::size_t>(result));
  }
}

void TlsEngine::Connection::Close() {
  const bool established = state_ == State::kOpen || state_ == State::kClosed;
  if (!established || closing_) return;
  closing_ = true;
  ERR_clear_error();
  SSL_shutdown(ssl());
  ERR_clear_error();
}

void TlsEngine::Connection::Fail() {
  state_ = State::kFailed;
  const std::string failure = TakeFailure();
  error_ = handshake_.refusal.empty() ? failure : handshake_.refusal;
  bio_.Discard();
}

TlsEngine::TlsEngine(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)) {}

TlsEngine::~TlsEngine() = default;
TlsEngine::TlsEngine(TlsEngine&&) noexcept = default;
TlsEngine& TlsEngine::operator=(TlsEngine&&) noexcept = default;

TlsEngine TlsEngine::Accept(const ServerContext& context,
                            std::optional<Domain> to, bool direct) {
  auto connection = std::make_unique<Connection>(context.get());
  Handshake& handshake = connection->handshake();
  handshake.select = static_cast<const ServerContext::Selector*>(
      SSL_CTX_get_app_data(context.get()));
  handshake.to = std::move(to);
  handshake.direct = direct;
  SSL_set_accept_state(connection->ssl());
  return TlsEngine(std::move(connection));
}

TlsEngine TlsEngine::Connect(const ClientContext& context,
                             std::shared_ptr<const Credential> credential,
                             const Domain& server_name, bool direct) {
  auto connection = std::make_unique<Connection>(context.get());
  connection->handshake().server_name = server_name.ascii();
  SSL* ssl = connection->ssl();
  DANEGATE_CHECK(SSL_set_tlsext_host_name(ssl, server_name.ascii().c_str()));
  DANEGATE_CHECK(credential == nullptr || Present(ssl, *credential));
  if (direct) {  // H-06. Zero is success here.
    DANEGATE_CHECK(
        SSL_set_alpn_protos(ssl, kXmppServerAlpn, sizeof kXmppServerAlpn) == 0);
  }
  SSL_set_connect_state(ssl);
  connection->DriveHandshake();
  return TlsEngine(std::move(connection));
}

void TlsEngine::OnCiphertext(std::span<const std::byte> bytes) {
  connection_->OnCiphertext(bytes);
}

std::size_t TlsEngine::Read(std::span<std::byte> out) {
  return connection_->Read(out);
}

void TlsEngine::Write(std::span<const std::byte> plaintext) {
  connection_->Write(plaintext);
}

void TlsEngine::Close() { connection_->Close(); }

std::span<const std::byte> TlsEngine::ciphertext() const {
  return connection_->bio().output();
}

void TlsEngine::ConsumeCiphertext(std::size_t count) {
  connection_->bio().ConsumeOutput(count);
}

std::uint64_t TlsEngine::waits_for() const {
  return connection_->state() == State::kHandshaking
             ? connection_->handshake().waits_for
             : 0;
}

void TlsEngine::Resume() { connection_->OnCiphertext({}); }

TlsEngine::State TlsEngine::state() const { return connection_->state(); }

const std::string& TlsEngine::error() const { return connection_->error(); }

CertificateChain TlsEngine::peer_chain() const {
  std::vector<bssl::UniquePtr<CRYPTO_BUFFER>> certificates;
  const STACK_OF(CRYPTO_BUFFER)* chain =
      SSL_get0_peer_certificates(connection_->ssl());
  const std::size_t count = chain == nullptr ? 0 : sk_CRYPTO_BUFFER_num(chain);
  for (std::size_t i = 0; i < count; ++i) {
    certificates.push_back(bssl::UpRef(sk_CRYPTO_BUFFER_value(chain, i)));
  }
  return CertificateChain(std::move(certificates));
}

std::string_view TlsEngine::version() const {
  return SSL_get_version(connection_->ssl());
}

std::string_view TlsEngine::cipher() const {
  const SSL_CIPHER* cipher = SSL_get_current_cipher(connection_->ssl());
  return cipher == nullptr ? "" : SSL_CIPHER_standard_name(cipher);
}

std::string_view TlsEngine::server_name() const {
  return connection_->handshake().server_name;
}

const std::string& TlsEngine::served_tenant() const {
  return connection_->handshake().tenant;
}

}  // namespace danegate
