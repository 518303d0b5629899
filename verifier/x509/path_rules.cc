#include "verifier/x509/path_rules.h"

#include <openssl/bytestring.h>
#include <openssl/digest.h>
#include <openssl/err.h>
#include <openssl/nid.h>
#include <openssl/x509v3.h>

namespace danegate {

namespace {

// C-23.
constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 8192;  // threats 0.6

// C-33: without the extension everything is allowed. id-on-xmppAddr alone is
// not enough; nor is clientAuth (C-32).
bool AllowsServerAuth(X509* certificate) {
  return (X509_get_extended_key_usage(certificate) &
          (XKU_SSL_SERVER | XKU_ANYEKU)) != 0;
}

// RSASSA-PSS-params ::= SEQUENCE { hashAlgorithm [0] EXPLICIT, ... }; a missing
// hash is SHA-1.
bool IsStrongPss(const X509* certificate) {
  constexpr auto kHashTag =
      CBS_ASN1_CONSTRUCTED | CBS_ASN1_CONTEXT_SPECIFIC | 0;
  const X509_ALGOR* algorithm = nullptr;
  X509_get0_signature(nullptr, &algorithm, certificate);
  int type = 0;
  const void* value = nullptr;
  X509_ALGOR_get0(nullptr, &type, &value, algorithm);
  if (type != V_ASN1_SEQUENCE) return false;
  const auto* text = static_cast<const ASN1_STRING*>(value);
  CBS input, parameters, hash;
  CBS_init(&input, ASN1_STRING_get0_data(text),
           static_cast<std::size_t>(ASN1_STRING_length(text)));
  if (!CBS_get_asn1(&input, &parameters, CBS_ASN1_SEQUENCE) ||
      !CBS_get_asn1(&parameters, &hash, kHashTag)) {
    return false;
  }
  const EVP_MD* digest = EVP_parse_digest_algorithm(&hash);
  ERR_clear_error();
  return digest == EVP_sha256() || digest == EVP_sha384() ||
         digest == EVP_sha512();
}

bool HasStrongSignature(const X509* certificate) {
  switch (X509_get_signature_nid(certificate)) {
    case NID_sha256WithRSAEncryption:
    case NID_sha384WithRSAEncryption:
    case NID_sha512WithRSAEncryption:
    case NID_ecdsa_with_SHA256:
    case NID_ecdsa_with_SHA384:
    case NID_ecdsa_with_SHA512:
    case NID_ED25519:
      return true;
    case NID_rsassaPss:
      return IsStrongPss(certificate);
  }
  return false;
}

std::string WhyKeyOfWeak(X509* certificate) {
  const bssl::UniquePtr<EVP_PKEY> key(X509_get_pubkey(certificate));
  ERR_clear_error();
  return key == nullptr ? "has a key of an unknown kind"
                        : WhyKeyWeak(key.get());
}

bool IsSelfIssued(const X509* certificate) {
  return X509_NAME_cmp(X509_get_subject_name(certificate),
                       X509_get_issuer_name(certificate)) == 0;
}

// `below`: the CAs under this one that are not self-issued.
std::string WhyNoAuthority(X509* certificate, std::size_t below) {
  if (X509_check_ca(certificate) == 0) return "is not a CA";
  const long limit = X509_get_pathlen(certificate);
  if (limit < 0 || below <= static_cast<std::size_t>(limit)) return "";
  return "allows " + std::to_string(limit) + " CAs below it; found " +
         std::to_string(below);
}

// What every certificate must be, wherever it stands.
std::string WhyUnfit(X509* certificate) {
  if (X509_get_extension_flags(certificate) & EXFLAG_CRITICAL) {
    return "has a critical extension that is not known";
  }
  if (!AllowsServerAuth(certificate)) {
    return "has an extended key usage without serverAuth";
  }
  return WhyKeyOfWeak(certificate);
}

std::string WhyMisplaced(X509* certificate, bool is_leaf, bool is_anchor,
                         std::size_t below) {
  if (!is_anchor && !HasStrongSignature(certificate)) {
    return "is signed with SHA-1, MD5 or an algorithm that is not accepted";
  }
  if (!is_leaf) return WhyNoAuthority(certificate, below);
  const bool is_ca = X509_get_extension_flags(certificate) & EXFLAG_CA;
  // A leaf that is the anchor is trusted as it is, by its own name.
  return is_ca && !is_anchor ? "is a CA, not an end entity" : "";  // C-20
}

}  // namespace

std::string WhyKeyWeak(const EVP_PKEY* key) {
  const int kind = EVP_PKEY_id(key);
  if (kind == EVP_PKEY_EC || kind == EVP_PKEY_ED25519) return "";
  if (kind != EVP_PKEY_RSA) return "has a key that is not RSA, EC or Ed25519";
  const int bits = EVP_PKEY_bits(key);
  if (bits >= kMinRsaBits && bits <= kMaxRsaBits) return "";
  return "has an RSA key of " + std::to_string(bits) + " bits; expected " +
         std::to_string(kMinRsaBits) + " to " + std::to_string(kMaxRsaBits);
}

std::string PlaceOnPath(std::size_t depth) {
  return depth == 0
             ? "the leaf"
             : "certificate " + std::to_string(depth + 1) + " of the path";
}

std::string WhyAgainstRules(std::span<X509* const> path, PathTop top) {
  std::size_t below = 0;
  for (std::size_t depth = 0; depth < path.size(); ++depth) {
    X509* certificate = path[depth];
    const bool is_anchor = top == PathTop::kAnchor && depth + 1 == path.size();
    std::string why = WhyMisplaced(certificate, depth == 0, is_anchor, below);
    if (why.empty()) why = WhyUnfit(certificate);
    if (!why.empty()) return PlaceOnPath(depth) + " " + why;
    if (depth > 0 && !IsSelfIssued(certificate)) ++below;
  }
  return "";
}

}  // namespace danegate
