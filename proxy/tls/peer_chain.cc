#include "proxy/tls/peer_chain.h"

#include <openssl/bn.h>
#include <openssl/bytestring.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/pool.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/stack.h>

#include "proxy/tls/limits.h"

namespace danegate {
namespace {

using std::string_literals::operator""s;

constexpr unsigned kVersion =
    CBS_ASN1_CONTEXT_SPECIFIC | CBS_ASN1_CONSTRUCTED | 0;

// The SubjectPublicKeyInfo of a certificate (RFC 5280 4.1).
bool FindPublicKey(const CRYPTO_BUFFER* buffer, CBS* spki) {
  CBS certificate, fields;
  CRYPTO_BUFFER_init_CBS(buffer, &certificate);
  return CBS_get_asn1(&certificate, &certificate, CBS_ASN1_SEQUENCE) &&
         CBS_get_asn1(&certificate, &fields, CBS_ASN1_SEQUENCE) &&
         CBS_get_optional_asn1(&fields, nullptr, nullptr, kVersion) &&
         CBS_get_asn1(&fields, nullptr, CBS_ASN1_INTEGER) &&   // serial
         CBS_get_asn1(&fields, nullptr, CBS_ASN1_SEQUENCE) &&  // signature
         CBS_get_asn1(&fields, nullptr, CBS_ASN1_SEQUENCE) &&  // issuer
         CBS_get_asn1(&fields, nullptr, CBS_ASN1_SEQUENCE) &&  // validity
         CBS_get_asn1(&fields, nullptr, CBS_ASN1_SEQUENCE) &&  // subject
         CBS_get_asn1_element(&fields, spki, CBS_ASN1_SEQUENCE);
}

// Null for a key that BoringSSL cannot read.
bssl::UniquePtr<EVP_PKEY> ReadPublicKey(const CRYPTO_BUFFER* buffer) {
  CBS spki;
  bssl::UniquePtr<EVP_PKEY> key;
  if (FindPublicKey(buffer, &spki)) key.reset(EVP_parse_public_key(&spki));
  ERR_clear_error();
  return key;
}

// Keys beyond the leaf's may be of any kind: a usage 3 record does not ask for
// them. They must only never be costly to try.
std::string WhyTooLarge(const CRYPTO_BUFFER* certificate, std::size_t octets) {
  if (octets > tls_limits::kMaxChainBytes) {
    return "the peer's chain has more than " +
           std::to_string(tls_limits::kMaxChainBytes) + " octets";
  }
  const auto key = ReadPublicKey(certificate);
  if (key == nullptr || EVP_PKEY_id(key.get()) != EVP_PKEY_RSA) return "";
  const unsigned bits = RSA_bits(EVP_PKEY_get0_RSA(key.get()));
  if (bits <= tls_limits::kMaxRsaBits) return "";
  return "the peer's chain has an RSA key of " + std::to_string(bits) +
         " bits; at most " + std::to_string(tls_limits::kMaxRsaBits) +
         " are accepted";
}

std::string WhyRsaRefused(const RSA* rsa) {
  const BIGNUM* exponent = nullptr;
  RSA_get0_key(rsa, nullptr, &exponent, nullptr);
  const unsigned bits = RSA_bits(rsa);
  if (bits < tls_limits::kMinRsaBits) {
    return "an RSA key of " + std::to_string(bits) + " bits; expected " +
           std::to_string(tls_limits::kMinRsaBits) + " to " +
           std::to_string(tls_limits::kMaxRsaBits);
  }
  if (!BN_is_odd(exponent) || BN_is_one(exponent) ||
      BN_num_bits(exponent) > tls_limits::kMaxRsaExponentBits) {
    return "an RSA key with an unusual public exponent; expected 65537"s;
  }
  return "";
}

std::string WhyCurveRefused(const EC_KEY* key) {
  switch (EC_GROUP_get_curve_name(EC_KEY_get0_group(key))) {
    case NID_X9_62_prime256v1:
    case NID_secp384r1:
    case NID_secp521r1:
      return "";
  }
  return "an EC key on another curve; expected P-256, P-384 or P-521"s;
}

std::string WhyLeafKeyRefused(const CRYPTO_BUFFER* leaf) {
  const auto key = ReadPublicKey(leaf);
  const int type = key == nullptr ? EVP_PKEY_NONE : EVP_PKEY_id(key.get());
  switch (type) {
    case EVP_PKEY_RSA:
      return WhyRsaRefused(EVP_PKEY_get0_RSA(key.get()));
    case EVP_PKEY_EC:
      return WhyCurveRefused(EVP_PKEY_get0_EC_KEY(key.get()));
    case EVP_PKEY_ED25519:
      return "";
  }
  return "a key that cannot be read; expected RSA, EC or Ed25519"s;
}

}  // namespace

std::string WhyChainRefused(const SSL* ssl) {
  const STACK_OF(CRYPTO_BUFFER)* chain = SSL_get0_peer_certificates(ssl);
  const std::size_t count = chain == nullptr ? 0 : sk_CRYPTO_BUFFER_num(chain);
  if (count == 0) return "";
  if (count > tls_limits::kMaxCertificates) {
    return "the peer's chain has " + std::to_string(count) +
           " certificates; at most " +
           std::to_string(tls_limits::kMaxCertificates) + " are accepted";
  }
  std::size_t octets = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const CRYPTO_BUFFER* certificate = sk_CRYPTO_BUFFER_value(chain, i);
    octets += CRYPTO_BUFFER_len(certificate);
    const std::string why = WhyTooLarge(certificate, octets);
    if (!why.empty()) return why;
  }
  const auto why = WhyLeafKeyRefused(sk_CRYPTO_BUFFER_value(chain, 0));
  return why.empty() ? why : "the peer's certificate has " + why;
}

}  // namespace danegate
