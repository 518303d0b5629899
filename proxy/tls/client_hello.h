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

}  // namespace danegate
