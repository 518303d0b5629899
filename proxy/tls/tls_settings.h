// What every TLS connection of danegate has in common, to peers and backends:
// versions, ciphers, groups, signature algorithms, no session reuse, and a
// certificate check that looks at size and shape only (D1).
//
// Private to proxy/tls.
#pragma once

#include <openssl/base.h>

namespace danegate {

// A new configuration; `verify_mode` is one of BoringSSL's SSL_VERIFY_….
bssl::UniquePtr<SSL_CTX> NewTlsSettings(int verify_mode);

// "xmpp-server" as an ALPN protocol list (H-06).
inline constexpr unsigned char kXmppServerAlpn[] = {
    11, 'x', 'm', 'p', 'p', '-', 's', 'e', 'r', 'v', 'e', 'r'};

}  // namespace danegate
