#include "proxy/tls/client_hello.h"

#include <openssl/bytestring.h>

#include <algorithm>
#include <vector>

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

// The algorithms of a key, the strongest binding first. RSA: what both versions
// of TLS have; PKCS #1 is for TLS 1.2 alone.
std::vector<std::uint16_t> AlgorithmsOf(const EVP_PKEY* key, bool tls13) {
  switch (EVP_PKEY_id(key)) {
    case EVP_PKEY_ED25519:
      return {SSL_SIGN_ED25519};
    case EVP_PKEY_EC:
      switch (EVP_PKEY_bits(key)) {
        case 256:
          return {SSL_SIGN_ECDSA_SECP256R1_SHA256};
        case 384:
          return {SSL_SIGN_ECDSA_SECP384R1_SHA384};
      }
      return {SSL_SIGN_ECDSA_SECP521R1_SHA512};
  }
  std::vector<std::uint16_t> algorithms = {SSL_SIGN_RSA_PSS_RSAE_SHA256,
                                           SSL_SIGN_RSA_PSS_RSAE_SHA384,
                                           SSL_SIGN_RSA_PSS_RSAE_SHA512};
  if (!tls13) {
    algorithms.insert(algorithms.end(),
                      {SSL_SIGN_RSA_PKCS1_SHA256, SSL_SIGN_RSA_PKCS1_SHA384,
                       SSL_SIGN_RSA_PKCS1_SHA512});
  }
  return algorithms;
}

// Whether a list of 16-bit numbers has one of `wanted`.
bool HasAnyOf(CBS list, const std::vector<std::uint16_t>& wanted) {
  std::uint16_t number = 0;
  while (CBS_get_u16(&list, &number)) {
    if (std::find(wanted.begin(), wanted.end(), number) != wanted.end()) {
      return true;
    }
  }
  return false;
}

bool OffersSuitesOf(const SSL_CLIENT_HELLO& hello, const EVP_PKEY* key) {
  static const std::vector<std::uint16_t> kRsaSuites = {0xC02F, 0xC030, 0xCCA8};
  static const std::vector<std::uint16_t> kEcdsaSuites = {0xC02B, 0xC02C,
                                                          0xCCA9};
  CBS suites;
  CBS_init(&suites, hello.cipher_suites, hello.cipher_suites_len);
  return HasAnyOf(suites,
                  EVP_PKEY_id(key) == EVP_PKEY_RSA ? kRsaSuites : kEcdsaSuites);
}

}  // namespace

bool CanVerify(const SSL_CLIENT_HELLO& hello, const EVP_PKEY* key) {
  const bool tls13 = HighestVersionOffered(hello) >= TLS1_3_VERSION;
  const std::uint8_t* data = nullptr;
  std::size_t size = 0;
  if (!SSL_early_callback_ctx_extension_get(
          &hello, TLSEXT_TYPE_signature_algorithms, &data, &size)) {
    return false;
  }
  CBS extension, algorithms;
  CBS_init(&extension, data, size);
  return CBS_get_u16_length_prefixed(&extension, &algorithms) &&
         HasAnyOf(algorithms, AlgorithmsOf(key, tls13)) &&
         (tls13 || OffersSuitesOf(hello, key));
}

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
