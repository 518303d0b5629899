#include "tenants/config/certificate_facts.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace danegate {
namespace {

bssl::UniquePtr<X509> Parse(std::span<const std::uint8_t> der) {
  const std::uint8_t* cursor = der.data();
  bssl::UniquePtr<X509> certificate(
      d2i_X509(nullptr, &cursor, static_cast<long>(der.size())));
  ERR_clear_error();
  return certificate;
}

}  // namespace

bool IsCertificate(std::span<const std::uint8_t> der) {
  return Parse(der) != nullptr;
}

bool IsCa(std::span<const std::uint8_t> der) {
  const auto certificate = Parse(der);
  return certificate != nullptr && X509_check_ca(certificate.get()) == 1;
}

bool IsIssuedBy(std::span<const std::uint8_t> certificate,
                std::span<const std::uint8_t> issuer) {
  const auto signed_one = Parse(certificate);
  const auto signer = Parse(issuer);
  if (signed_one == nullptr || signer == nullptr) return false;
  const bssl::UniquePtr<EVP_PKEY> key(X509_get_pubkey(signer.get()));
  const bool issued =
      X509_check_issued(signer.get(), signed_one.get()) == X509_V_OK &&
      key != nullptr && X509_verify(signed_one.get(), key.get()) == 1;
  ERR_clear_error();
  return issued;
}

bool HaveSameKindOfKey(const Credential& one, const Credential& other) {
  const int kind = EVP_PKEY_id(one.key());
  return kind == EVP_PKEY_id(other.key()) &&
         (kind != EVP_PKEY_EC ||
          EVP_PKEY_bits(one.key()) == EVP_PKEY_bits(other.key()));
}

bool HaveSameKey(const Credential& one, const Credential& other) {
  const bool same = EVP_PKEY_cmp(one.key(), other.key()) == 1;
  ERR_clear_error();
  return same;
}

}  // namespace danegate
