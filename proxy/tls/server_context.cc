#include "proxy/tls/server_context.h"

#include <openssl/bytestring.h>
#include <openssl/ssl.h>

#include <utility>

#include "proxy/tls/client_hello.h"
#include "proxy/tls/handshake.h"
#include "proxy/tls/tls_settings.h"
#include "verifier/check.h"

namespace danegate {
namespace {

std::string NoCertificate(const Handshake& handshake) {
  if (handshake.server_name.empty()) {
    return "no certificate to serve: the peer sent no usable server name "
           "(SNI), and there is no default";
  }
  return "no certificate for the server name (SNI) '" + handshake.server_name +
         "': it names no tenant and no edge host";
}

// Why there is nothing to serve; known names get another alert than unknown.
void Refuse(Handshake& handshake, std::string refusal) {
  if (refusal.empty()) {
    handshake.refusal = NoCertificate(handshake);
  } else {
    handshake.refusal = std::move(refusal);
    handshake.alert = SSL_AD_INTERNAL_ERROR;
  }
}

// The first that the peer can verify; where there is none, its handshake fails
// with the first as well as with any.
const Credential& Choose(const SSL_CLIENT_HELLO& hello,
                         const CredentialSet& credentials) {
  for (const auto& credential : credentials) {
    if (CanVerify(hello, credential->key())) return *credential;
  }
  return *credentials.front();
}

// D9, K-2, K-3. Sets the refusal where there is nothing to serve.
void ServeCredential(const SSL_CLIENT_HELLO& hello, Handshake& handshake) {
  const Domain* to = handshake.to ? &*handshake.to : nullptr;
  ServedCertificate served = (*handshake.select)(
      WantedName{handshake.server_name, to, handshake.direct,
                 std::exchange(handshake.asked, true)});
  handshake.tenant = std::move(served.tenant);
  handshake.waits_for = served.waits_for;
  if (served.waits_for != 0) return;
  if (served.credentials == nullptr || served.credentials->empty()) {
    return Refuse(handshake, std::move(served.refusal));
  }
  handshake.has_credential =
      Present(hello.ssl, Choose(hello, *served.credentials));
  if (!handshake.has_credential) {
    Refuse(handshake, "the certificate of tenant '" + handshake.tenant +
                          "' cannot be used with its key");
  }
}

// Never an error: BoringSSL's own checks, which follow, send the alerts that
// belong to a version or a name; from here it could only be handshake_failure.
ssl_select_cert_result_t OnClientHello(const SSL_CLIENT_HELLO* hello) {
  SSL* ssl = hello->ssl;
  Handshake& handshake = Handshake::Of(ssl);
  const char* sni = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (sni != nullptr && IsServerName(sni)) handshake.server_name = sni;
  handshake.refusal = WhyVersionRefused(HighestVersionOffered(*hello));
  if (handshake.refusal.empty()) ServeCredential(*hello, handshake);
  return handshake.waits_for == 0 ? ssl_select_cert_success
                                  : ssl_select_cert_retry;
}

int OnServerName(SSL* ssl, int* alert, void*) {
  *alert = Handshake::Of(ssl).alert;  // K-3
  return Handshake::Of(ssl).has_credential ? SSL_TLSEXT_ERR_OK
                                           : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// Called only where the peer offers ALPN at all (H-06, B4).
int OnAlpn(SSL* ssl, const std::uint8_t** selected, std::uint8_t* selected_size,
           const std::uint8_t* offered, unsigned offered_size, void*) {
  CBS list, name;
  CBS_init(&list, offered, offered_size);
  while (CBS_get_u8_length_prefixed(&list, &name)) {
    if (!CBS_mem_equal(&name, kXmppServerAlpn + 1, kXmppServerAlpn[0])) {
      continue;
    }
    *selected = CBS_data(&name);
    *selected_size = kXmppServerAlpn[0];
    return SSL_TLSEXT_ERR_OK;
  }
  Handshake& handshake = Handshake::Of(ssl);
  // The stream's namespace has been seen already on a STARTTLS link, so an
  // application that is not ours cannot be meant.
  if (!handshake.direct) return SSL_TLSEXT_ERR_NOACK;
  handshake.refusal =
      "the peer offered application protocols (ALPN) without 'xmpp-server'; "
      "expected it, or none";
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

ServerContext::ServerContext(Selector select)
    : select_(std::make_unique<Selector>(std::move(select))),
      // I-11: the certificate is asked for, never required. The list of
      // authorities is empty because none is ever set.
      context_(NewTlsSettings(SSL_VERIFY_PEER)) {
  DANEGATE_CHECK(*select_ != nullptr);
  SSL_CTX_set_app_data(context_.get(), select_.get());
  SSL_CTX_set_select_certificate_cb(context_.get(), &OnClientHello);
  SSL_CTX_set_tlsext_servername_callback(context_.get(), &OnServerName);
  SSL_CTX_set_alpn_select_cb(context_.get(), &OnAlpn, nullptr);
}

ServerContext::~ServerContext() = default;

SSL_CTX* ServerContext::get() const { return context_.get(); }

}  // namespace danegate
