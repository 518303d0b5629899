#include "tests/tls/odd_peer.h"

#include <openssl/aead.h>
#include <openssl/err.h>

#include <cstring>

#include "tests/tls/tls_pair.h"
#include "verifier/check.h"

namespace danegate::test {
namespace {

constexpr std::size_t kKey = 16, kSalt = 4, kExplicit = 8;

void PutNumber(std::uint8_t* out, std::uint64_t number) {
  for (int i = 0; i < 8; ++i) {
    out[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
  }
}

std::string Header(std::uint8_t type, std::size_t size) {
  return {static_cast<char>(type), 3, 3, static_cast<char>(size >> 8),
          static_cast<char>(size)};
}

}  // namespace

OddPeer::OddPeer(const SetUp& set_up)
    : settings_(SSL_CTX_new(TLS_with_buffers_method())) {
  SSL_CTX_set_max_proto_version(settings_.get(), TLS1_3_VERSION);
  SSL_CTX_set_custom_verify(settings_.get(), SSL_VERIFY_PEER,
                            [](SSL*, std::uint8_t*) { return ssl_verify_ok; });
  SSL_CTX_set_msg_callback(settings_.get(), &OddPeer::OnMessage);
  SSL_CTX_set_msg_callback_arg(settings_.get(), this);
  if (set_up) set_up(settings_.get());
  ssl_.reset(SSL_new(settings_.get()));
  SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_connect_state(ssl_.get());
}

bool OddPeer::Present(const CertificateChain& chain, EVP_PKEY* key) {
  std::vector<CRYPTO_BUFFER*> buffers;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    buffers.push_back(chain.buffer(i));
  }
  return SSL_set_chain_and_key(ssl_.get(), buffers.data(), buffers.size(), key,
                               nullptr) == 1;
}

void OddPeer::Present(const Credential& credential) {
  DANEGATE_CHECK(Present(credential.chain(), credential.key()));
}

bool OddPeer::Shake(TlsEngine& server) {
  Exchange(server);
  return SSL_is_init_finished(ssl_.get());
}

void OddPeer::Exchange(TlsEngine& server) {
  for (bool moved = true; moved;) {
    ERR_clear_error();
    char buffer[4096];
    while (SSL_read(ssl_.get(), buffer, sizeof buffer) > 0) {
    }
    ERR_clear_error();
    const std::uint8_t* data = nullptr;
    std::size_t size = 0;
    BIO_mem_contents(SSL_get_wbio(ssl_.get()), &data, &size);
    Feed(server, {reinterpret_cast<const char*>(data), size});
    BIO_reset(SSL_get_wbio(ssl_.get()));
    ReadAll(server);
    const std::string reply = TakeCiphertext(server);
    BIO_write(SSL_get_rbio(ssl_.get()), reply.data(),
              static_cast<int>(reply.size()));
    moved = size > 0 || !reply.empty();
  }
}

const std::string& OddPeer::message(int type) const {
  for (std::size_t i = messages_.size(); i-- > 0;) {
    if (messages_[i] == type) return bodies_[i];
  }
  static const std::string none;
  return none;
}

void OddPeer::Seal(TlsEngine& server, std::uint8_t type,
                   std::string_view contents) {
  std::uint8_t keys[2 * (kKey + kSalt)];
  DANEGATE_CHECK(SSL_get_key_block_len(ssl_.get()) == sizeof keys &&
                 SSL_generate_key_block(ssl_.get(), keys, sizeof keys));
  bssl::ScopedEVP_AEAD_CTX aead;
  DANEGATE_CHECK(EVP_AEAD_CTX_init(aead.get(), EVP_aead_aes_128_gcm(), keys,
                                   kKey, 16, nullptr));
  const std::uint64_t sequence = SSL_get_write_sequence(ssl_.get()) + sealed_++;
  std::uint8_t nonce[kSalt + kExplicit], bound[13];
  std::memcpy(nonce, keys + 2 * kKey, kSalt);
  PutNumber(nonce + kSalt, sequence);
  PutNumber(bound, sequence);
  std::memcpy(bound + 8, Header(type, contents.size()).data(), 5);
  std::string sealed(contents.size() + 16, '\0');
  std::size_t size = 0;
  DANEGATE_CHECK(EVP_AEAD_CTX_seal(
      aead.get(), reinterpret_cast<std::uint8_t*>(sealed.data()), &size,
      sealed.size(), nonce, sizeof nonce,
      reinterpret_cast<const std::uint8_t*>(contents.data()), contents.size(),
      bound, sizeof bound));
  Feed(server,
       Header(type, kExplicit + size) +
           std::string(reinterpret_cast<char*>(nonce) + kSalt, kExplicit) +
           sealed);
}

void OddPeer::OnMessage(int is_write, int, int content_type, const void* bytes,
                        size_t size, SSL*, void* argument) {
  auto* self = static_cast<OddPeer*>(argument);
  const auto* octets = static_cast<const char*>(bytes);
  if (is_write || size < 2) return;
  if (content_type == SSL3_RT_ALERT && octets[0] == SSL3_AL_FATAL) {
    self->alert_ = static_cast<unsigned char>(octets[1]);
  }
  if (content_type == SSL3_RT_HANDSHAKE) {
    self->messages_.push_back(octets[0]);
    self->bodies_.emplace_back(octets + 4, size - 4);
  }
}

}  // namespace danegate::test
