#include "proxy/tls/client_context.h"

#include <openssl/ssl.h>

#include "proxy/tls/tls_settings.h"

namespace danegate {

ClientContext::ClientContext() : context_(NewTlsSettings(SSL_VERIFY_PEER)) {}

ClientContext::~ClientContext() = default;

SSL_CTX* ClientContext::get() const { return context_.get(); }

}  // namespace danegate
