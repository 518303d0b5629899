// What the listeners read from a ClientHello themselves. Private to proxy/tls.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <string>

namespace danegate {

// The highest TLS version that the client offers (I-01); GREASE and versions
// that do not exist do not count.
std::uint16_t HighestVersionOffered(const SSL_CLIENT_HELLO&);

// Why it will not do, or empty: "the peer offered only TLS 1.0; …".
std::string WhyVersionRefused(std::uint16_t highest);

// Whether the client takes signatures of this key: by its signature algorithms,
// and below TLS 1.3 by its cipher suites too. A client that says nothing of
// algorithms takes none of ours, since all that it means has SHA-1.
bool CanVerify(const SSL_CLIENT_HELLO&, const EVP_PKEY* key);

}  // namespace danegate
