#include "proxy/tls/client_hello.h"

#include <openssl/bytestring.h>

#include <algorithm>

namespace danegate {
namespace {

bool Exists(std::uint16_t version) {
  return version >= SSL3_VERSION && version <= TLS1_3_VERSION;
}

const char* NameOf(std::uint16_t version) {
  switch (version) {
    case SSL3_VERSION:
      return "SSL 3.0";
    case TLS1_VERSION:
      return "TLS 1.0";
    case TLS1_1_VERSION:
      return "TLS 1.1";
  }
  return "versions that do not exist";
}

}  // namespace

std::uint16_t HighestVersionOffered(const SSL_CLIENT_HELLO& hello) {
  const std::uint8_t* data = nullptr;
  std::size_t size = 0;
  // RFC 8446 4.2.1: where supported_versions is there, it alone counts.
  if (!SSL_early_callback_ctx_extension_get(
          &hello, TLSEXT_TYPE_supported_versions, &data, &size)) {
    return std::min<std::uint16_t>(hello.version, TLS1_2_VERSION);
  }
  CBS extension, versions;
  CBS_init(&extension, data, size);
  if (!CBS_get_u8_length_prefixed(&extension, &versions)) return 0;
  std::uint16_t highest = 0, version = 0;
  while (CBS_get_u16(&versions, &version)) {
    if (Exists(version)) highest = std::max(highest, version);
  }
  return highest;
}

std::string WhyVersionRefused(std::uint16_t highest) {
  if (highest >= TLS1_2_VERSION) return "";
  return std::string("the peer offered only ") + NameOf(highest) +
         "; expected TLS 1.2 or 1.3";
}

}  // namespace danegate
