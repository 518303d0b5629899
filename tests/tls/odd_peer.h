// OddPeer is a TLS client without our manners: plain BoringSSL, set up by each
// test, that can also put any record on the wire.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/tls/tls_engine.h"
#include "verifier/credential.h"

namespace danegate::test {

class OddPeer {
 public:
  using SetUp = std::function<void(SSL_CTX*)>;

  // TLS 1.2 and 1.3, no certificate, no SNI, no ALPN; `set_up` changes that.
  explicit OddPeer(const SetUp& set_up = {});

  SSL* ssl() const { return ssl_.get(); }
  // Presents this chain and key; false if BoringSSL itself will not.
  bool Present(const CertificateChain& chain, EVP_PKEY* key);
  void Present(const Credential& credential);

  // Runs the handshake as far as it goes; true if it is over for the peer.
  bool Shake(TlsEngine& server);
  // Moves what is on the wire, both ways, and reads what has come.
  void Exchange(TlsEngine& server);

  // The description of the fatal alert that came last, or 0.
  int alert() const { return alert_; }
  // Handshake messages that came, by type, in order.
  const std::vector<int>& messages() const { return messages_; }
  // The body of the last message of that type.
  const std::string& message(int type) const;

  // Puts a record of `type` on the wire, sealed like the peer's next one.
  // REQUIRES: TLS 1.2 with AES-128-GCM, and nothing sent since the handshake
  // but by Seal().
  void Seal(TlsEngine& server, std::uint8_t type, std::string_view contents);

 private:
  static void OnMessage(int is_write, int version, int content_type,
                        const void* bytes, size_t size, SSL*, void* self);

  bssl::UniquePtr<SSL_CTX> settings_;
  bssl::UniquePtr<SSL> ssl_;
  int alert_ = 0;
  std::vector<int> messages_;
  std::vector<std::string> bodies_;
  std::uint64_t sealed_ = 0;
};

}  // namespace danegate::test
