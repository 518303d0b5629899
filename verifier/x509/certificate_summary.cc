#include "verifier/x509/certificate_summary.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>

#include "verifier/x509/parsed_chain.h"
#include "verifier/x509/presented_identity.h"
#include "verifier/x509/validity.h"

namespace danegate {
namespace {

std::string NameText(const X509_NAME* name) {
  const bssl::UniquePtr<BIO> bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253);
  const std::uint8_t* text = nullptr;
  std::size_t size = 0;
  if (BIO_mem_contents(bio.get(), &text, &size) != 1) return "";
  return {reinterpret_cast<const char*>(text), size};
}

std::string CurveText(const EVP_PKEY* key) {
  const EC_KEY* const ec = EVP_PKEY_get0_EC_KEY(key);
  if (ec == nullptr) return "EC";
  const char* const name =
      EC_curve_nid2nist(EC_GROUP_get_curve_name(EC_KEY_get0_group(ec)));
  return name == nullptr ? "EC" : "EC " + std::string(name);
}

std::string KeyText(X509* certificate) {
  const bssl::UniquePtr<EVP_PKEY> key(X509_get_pubkey(certificate));
  if (key == nullptr) return "of an unknown kind";
  switch (EVP_PKEY_id(key.get())) {
    case EVP_PKEY_RSA:
      return "RSA " + std::to_string(EVP_PKEY_bits(key.get()));
    case EVP_PKEY_EC:
      return CurveText(key.get());
    case EVP_PKEY_ED25519:
      return "Ed25519";
  }
  return "of an unknown kind";
}

std::string Digest(DerSpan octets) {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest;
  SHA256(octets.data(), octets.size(), digest.data());
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string hex;
  for (const std::uint8_t octet : digest) {
    hex += kDigits[octet >> 4];
    hex += kDigits[octet & 0xf];
  }
  return hex;
}

}  // namespace

CertificateSummary CertificateSummary::Of(DerSpan der) {
  CertificateSummary summary;
  summary.digest = Digest(der);
  if (const auto fields = CertificateFields::Find(der)) {
    summary.key_digest = Digest(fields->public_key);
  }
  summary.names = PresentedNames(der);
  const auto certificate = ParseCertificate(der);
  if (certificate == nullptr) return summary;
  summary.readable = true;
  summary.subject = NameText(X509_get_subject_name(certificate.get()));
  summary.issuer = NameText(X509_get_issuer_name(certificate.get()));
  if (const auto validity = ReadValidity(certificate.get())) {
    summary.not_before = validity->not_before;
    summary.not_after = validity->not_after;
  }
  summary.key = KeyText(certificate.get());
  ERR_clear_error();
  return summary;
}

}  // namespace danegate
