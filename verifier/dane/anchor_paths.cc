#include "verifier/dane/anchor_paths.h"

#include <openssl/bytestring.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/mem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <utility>

#include "verifier/check.h"

namespace danegate {

namespace {

std::vector<std::uint8_t> Copy(DerSpan der) { return {der.begin(), der.end()}; }

std::vector<std::uint8_t> ToDer(X509* certificate) {
  std::uint8_t* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  DANEGATE_CHECK(size > 0);
  const bssl::UniquePtr<std::uint8_t> owned(der);
  return {der, der + size};
}

bool IsSignedBy(X509* certificate, EVP_PKEY* key) {
  const bool is_signed = X509_verify(certificate, key) == 1;
  ERR_clear_error();
  return is_signed;
}

bssl::UniquePtr<EVP_PKEY> ParseKey(DerSpan public_key) {
  CBS input;
  CBS_init(&input, public_key.data(), public_key.size());
  bssl::UniquePtr<EVP_PKEY> key(EVP_parse_public_key(&input));
  ERR_clear_error();
  return key;
}

CertificatePath Unfound(std::string problem) {
  CertificatePath path;
  path.problem = std::move(problem);
  return path;
}

}  // namespace

AnchorPaths::AnchorPaths(const CertificateChain& chain,
                         std::vector<X509*> roots, UnixTime at)
    : chain_(chain), roots_(std::move(roots)), at_(at) {}

const CertificatePath& AnchorPaths::ToRoot() {
  if (!to_root_) {
    to_root_ = FindPath(chain_, {.anchors = roots_, .at = at_}, budget_);
  }
  return *to_root_;
}

const std::vector<std::vector<std::uint8_t>>& AnchorPaths::CasToRoot() {
  if (!ToRoot().valid() || !cas_to_root_.empty()) return cas_to_root_;
  const auto& path = to_root_->certificates;
  for (std::size_t i = 1; i < path.size(); ++i) {
    cas_to_root_.push_back(ToDer(path[i].get()));
  }
  // D-46, RFC 7671 section 5.4: a record may name a CA above the anchor.
  X509* top = path.back().get();
  while (cas_to_root_.size() < ParsedChain::kMaxCertificates) {
    top = FindIssuer(top);
    if (top == nullptr) break;
    cas_to_root_.push_back(ToDer(top));
  }
  return cas_to_root_;
}

X509* AnchorPaths::FindIssuer(X509* certificate) {
  std::vector<X509*> authorities = roots_;
  for (std::size_t i = 1; i < chain_.size(); ++i) {
    if (chain_.at(i) != nullptr) authorities.push_back(chain_.at(i));
  }
  for (X509* issuer : authorities) {
    if (X509_cmp(issuer, certificate) == 0 ||
        X509_check_issued(issuer, certificate) != X509_V_OK) {
      continue;
    }
    if (!budget_.Spend(1)) return nullptr;
    const bssl::UniquePtr<EVP_PKEY> key(X509_get_pubkey(issuer));
    if (key != nullptr && IsSignedBy(certificate, key.get())) return issuer;
  }
  ERR_clear_error();
  return nullptr;
}

CertificatePath AnchorPaths::FindTo(X509* anchor, std::size_t usable,
                                    PathTop top) {
  return FindPath(
      chain_, {.anchors = {anchor}, .at = at_, .usable = usable, .top = top},
      budget_);
}

const CertificatePath& AnchorPaths::ToCertificate(DerSpan anchor) {
  const auto [entry, is_new] = to_anchor_.try_emplace(Copy(anchor));
  if (!is_new) return entry->second;
  const auto certificate = ParseCertificate(anchor);
  entry->second =
      certificate == nullptr
          ? Unfound("the trust anchor cannot be read")
          : FindTo(certificate.get(), chain_.size(), PathTop::kAnchor);
  return entry->second;
}

// The certificate nearest to the leaf that the key has signed ends the path:
// the key itself has no certificate that would count.
CertificatePath AnchorPaths::FindToKey(EVP_PKEY* key) {
  CertificatePath path =
      Unfound("the key has signed no certificate of the chain");
  for (std::size_t i = 0; i < chain_.size(); ++i) {
    if (chain_.at(i) == nullptr) continue;
    if (!budget_.Spend(1)) break;
    if (!IsSignedBy(chain_.at(i), key)) continue;
    // Above a leaf that ends the path there is nothing to be looked at.
    path =
        FindTo(chain_.at(i), i == 0 ? 1 : chain_.size(), PathTop::kBelowAnchor);
    if (path.valid()) break;
  }
  return path;
}

const CertificatePath& AnchorPaths::ToKey(DerSpan public_key) {
  const auto [entry, is_new] = to_anchor_.try_emplace(Copy(public_key));
  if (!is_new) return entry->second;
  const auto key = ParseKey(public_key);
  if (key == nullptr) {
    entry->second = Unfound("the trust anchor's key is of an unknown kind");
  } else if (std::string why = WhyKeyWeak(key.get()); !why.empty()) {
    entry->second = Unfound("the trust anchor " + why);
  } else {
    entry->second = FindToKey(key.get());
  }
  return entry->second;
}

}  // namespace danegate
