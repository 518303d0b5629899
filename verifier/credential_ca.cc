#include "verifier/credential_ca.h"

#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdint>

namespace danegate {
namespace {

bool IsP256(const EVP_PKEY* key) {
  return EVP_PKEY_id(key) == EVP_PKEY_EC &&
         EC_GROUP_get_curve_name(EC_KEY_get0_group(
             EVP_PKEY_get0_EC_KEY(key))) == NID_X9_62_prime256v1;
}

bool IsRsa(const EVP_PKEY* key) {
  return EVP_PKEY_id(key) == EVP_PKEY_RSA &&
         RSA_bits(EVP_PKEY_get0_RSA(key)) >= 2048;
}

}  // namespace

std::string WhyNoCaCertificate(const Credential& ca) {
  const bssl::UniquePtr<X509> parsed(
      X509_parse_from_buffer(ca.chain().buffer(0)));
  const std::uint32_t flags =
      parsed == nullptr ? 0 : X509_get_extension_flags(parsed.get());
  ERR_clear_error();
  if ((flags & EXFLAG_CA) == 0 || (flags & EXFLAG_INVALID) != 0) {
    return "expected a CA certificate (basicConstraints CA:TRUE); found an "
           "ordinary one: make one with deploy/edge-ca";
  }
  if ((X509_get_key_usage(parsed.get()) & X509v3_KU_KEY_CERT_SIGN) == 0) {
    return "the CA certificate has a keyUsage without keyCertSign, so nobody "
           "would accept what it signs: make one with deploy/edge-ca";
  }
  return "";
}

std::string WhyNoCaKey(const Credential& ca) {
  if (IsP256(ca.key()) || IsRsa(ca.key())) return "";
  return "expected a CA key of type P-256, or RSA with 2048 bits or more, "
         "which "
         "backends take; found another: make one with deploy/edge-ca";
}

}  // namespace danegate
