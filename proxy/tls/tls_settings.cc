#include "proxy/tls/tls_settings.h"

#include <openssl/ssl.h>

#include <iterator>

#include "proxy/tls/handshake.h"
#include "proxy/tls/limits.h"
#include "proxy/tls/peer_chain.h"
#include "verifier/check.h"

namespace danegate {
namespace {

// I-02: forward secrecy and AEAD only. TLS 1.3 has no other, and BoringSSL
// orders those itself.
constexpr char kCiphers[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";

#if defined(SSL_GROUP_X25519_MLKEM768)
constexpr char kGroups[] = "X25519MLKEM768:X25519:P-256";
#else
constexpr char kGroups[] = "X25519:P-256";
#endif

// What we sign with and accept signatures of. Broad, so that a peer finds its
// own kind in our CertificateRequest (I-11); nothing with SHA-1 (RFC 9155).
constexpr std::uint16_t kSignatureAlgorithms[] = {
    SSL_SIGN_ECDSA_SECP256R1_SHA256, SSL_SIGN_ED25519,
    SSL_SIGN_RSA_PSS_RSAE_SHA256,    SSL_SIGN_RSA_PKCS1_SHA256,
    SSL_SIGN_ECDSA_SECP384R1_SHA384, SSL_SIGN_RSA_PSS_RSAE_SHA384,
    SSL_SIGN_RSA_PKCS1_SHA384,       SSL_SIGN_ECDSA_SECP521R1_SHA512,
    SSL_SIGN_RSA_PSS_RSAE_SHA512,    SSL_SIGN_RSA_PKCS1_SHA512,
};

// BoringSSL calls this before the peer has shown that it holds the key: no
// verdict here, and nothing that costs more than reading (D1, threats 0.1).
ssl_verify_result_t CheckShape(SSL* ssl, std::uint8_t* alert) {
  std::string why = WhyChainRefused(ssl);
  if (why.empty()) return ssl_verify_ok;
  Handshake::Of(ssl).refusal = std::move(why);
  *alert = SSL_AD_BAD_CERTIFICATE;
  return ssl_verify_invalid;
}

void SetAlgorithms(SSL_CTX* settings) {
  constexpr std::size_t count = std::size(kSignatureAlgorithms);
  DANEGATE_CHECK(
      SSL_CTX_set_min_proto_version(settings, TLS1_2_VERSION) &&  // I-01
      SSL_CTX_set_max_proto_version(settings, TLS1_3_VERSION) &&
      SSL_CTX_set_strict_cipher_list(settings, kCiphers) &&
      SSL_CTX_set1_curves_list(settings, kGroups) &&
      SSL_CTX_set_signing_algorithm_prefs(settings, kSignatureAlgorithms,
                                          count) &&
      SSL_CTX_set_verify_algorithm_prefs(settings, kSignatureAlgorithms,
                                         count));
}

}  // namespace

bssl::UniquePtr<SSL_CTX> NewTlsSettings(int verify_mode) {
  // Chains stay bytes: no X509 object is made in a handshake.
  bssl::UniquePtr<SSL_CTX> settings(SSL_CTX_new(TLS_with_buffers_method()));
  DANEGATE_CHECK(settings != nullptr);
  SetAlgorithms(settings.get());
  // D7, B5: resumption skips the certificate. Renegotiation, early data
  // (I-06) and certificate compression (B9) are off unless asked for.
  SSL_CTX_set_options(settings.get(),
                      SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(settings.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_cert_list(settings.get(), tls_limits::kMaxChainBytes);
  SSL_CTX_set_custom_verify(settings.get(), verify_mode, &CheckShape);
  return settings;
}

}  // namespace danegate
