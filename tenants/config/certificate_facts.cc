#include "tenants/config/certificate_facts.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <vector>

#include "tenants/config/config_error.h"

namespace danegate {
namespace {

bssl::UniquePtr<X509> Parse(std::span<const std::uint8_t> der) {
  const std::uint8_t* cursor = der.data();
  bssl::UniquePtr<X509> certificate(
      d2i_X509(nullptr, &cursor, static_cast<long>(der.size())));
  ERR_clear_error();
  return certificate;
}

std::vector<std::string> DnsNamesOf(std::span<const std::uint8_t> der) {
  std::vector<std::string> names;
  const auto certificate = Parse(der);
  if (certificate == nullptr) return names;
  const bssl::UniquePtr<GENERAL_NAMES> all(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(
          certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
  ERR_clear_error();
  for (std::size_t i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(all.get(), i);
    if (name->type != GEN_DNS) continue;
    const ASN1_IA5STRING* const text = name->d.dNSName;
    names.emplace_back(
        reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
        static_cast<std::size_t>(ASN1_STRING_length(text)));
  }
  return names;
}

}  // namespace

bool IsCertificate(std::span<const std::uint8_t> der) {
  return Parse(der) != nullptr;
}

bool IsCa(std::span<const std::uint8_t> der) {
  const auto certificate = Parse(der);
  return certificate != nullptr && X509_check_ca(certificate.get()) == 1;
}

std::string NamesInWords(std::span<const std::uint8_t> der) {
  constexpr std::size_t kMostShown = 3;
  const auto names = DnsNamesOf(der);
  if (names.empty()) return " (it has no DNS name)";
  std::string words = " (it names ";
  const std::size_t shown = std::min(names.size(), kMostShown);
  const std::size_t left = names.size() - shown;
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) words += i + 1 == shown && left == 0 ? " and " : ", ";
    words += InQuotes(names[i]);
  }
  if (left > 0) words += " and " + std::to_string(left) + " more";
  return words + ")";
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
