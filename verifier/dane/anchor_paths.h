// AnchorPaths finds the paths that TLSA usages 0, 1 and 2 need, each once,
// within a budget of signature checks for one peer (B8, D-22).
#pragma once

#include <openssl/base.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "verifier/certificate.h"
#include "verifier/instant.h"
#include "verifier/x509/certificate_path.h"

namespace danegate {

class AnchorPaths {
 public:
  // Borrows the roots. REQUIRES: !chain.empty().
  AnchorPaths(const CertificateChain& chain, std::vector<X509*> roots,
              UnixTime at);

  const ParsedChain& chain() const { return chain_; }

  // To a trusted root.
  const CertificatePath& ToRoot();
  // The DER of every CA above the leaf on ToRoot(), and above its anchor as far
  // as chain and roots go on (D-46). Empty unless ToRoot() is valid.
  const std::vector<std::vector<std::uint8_t>>& CasToRoot();

  // To this certificate, its own constraints included (D-44).
  const CertificatePath& ToCertificate(DerSpan anchor);
  // To whatever this key has signed: a bare key has no constraints (D-44) and
  // needs no certificate (D-45).
  const CertificatePath& ToKey(DerSpan public_key);

  // A path was not looked for: the budget was used up.
  bool exhausted() const { return budget_.exhausted(); }

 private:
  X509* FindIssuer(X509* certificate);
  CertificatePath FindTo(X509* anchor, std::size_t usable, PathTop);
  CertificatePath FindToKey(EVP_PKEY* key);

  ParsedChain chain_;
  std::vector<X509*> roots_;
  UnixTime at_;
  SignatureBudget budget_;
  std::optional<CertificatePath> to_root_;
  std::vector<std::vector<std::uint8_t>> cas_to_root_;
  // By the anchor's DER. A peer's records decide what is in there; the budget
  // bounds how much.
  std::map<std::vector<std::uint8_t>, CertificatePath> to_anchor_;
};

}  // namespace danegate
