// ServerContext is the TLS configuration of the S2S listeners: TLS 1.2 and 1.3,
// a CertificateRequest with an empty list of authorities (I-11), no tickets
// (D7), no early data (I-06), no renegotiation, no certificate
// compression (B9), chain limits (threats 0.6), ALPN "xmpp-server" (H-06).
//
// The peer's certificate is not judged here (D1): only its size and shape.
//
// Thread: one shard's, as are the engines that are made of it; the choice of
// the certificate is called there.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "verifier/credential.h"
#include "verifier/domain.h"

namespace danegate {

// What a ClientHello and the cleartext header say about the wanted name.
struct WantedName {
  std::string_view sni;  // a host name as sent, or empty (H-12)
  const Domain* to;      // the cleartext header's, or null
  bool direct;           // direct TLS
  bool again = false;    // asked before, and had to wait
};

// What is served for it: `credentials`, of which the first is taken that the
// peer can verify. Where they are null:
//   waits_for  not 0: they are not there yet. The handshake stands still until
//              TlsEngine::Resume(), which asks again.
//   refusal    not empty: why nothing is served, one sentence.
//   neither    nobody has the name: unrecognized_name (K-3).
struct ServedCertificate {
  std::shared_ptr<const CredentialSet> credentials;
  std::string tenant;  // whose it is; empty for an edge host or the default
  std::uint64_t waits_for = 0;
  std::string refusal = {};
};

class ServerContext {
 public:
  // `select` applies D9, K-2 and K-3. It is called on the thread that drives
  // the handshake, must not block, and outlives every engine.
  using Selector = std::function<ServedCertificate(const WantedName&)>;

  explicit ServerContext(Selector select);
  ~ServerContext();
  ServerContext(const ServerContext&) = delete;
  ServerContext& operator=(const ServerContext&) = delete;

  // Borrowed, for tls_engine.cc.
  SSL_CTX* get() const;

 private:
  std::unique_ptr<Selector> select_;
  bssl::UniquePtr<SSL_CTX> context_;
};

}  // namespace danegate
