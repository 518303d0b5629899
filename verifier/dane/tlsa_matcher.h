// TlsaMatcher compares one peer's chain with TLSA RRsets, several if the peer
// has several targets; paths and digests are found once for all of them.
//
// Each RRset is matched by itself: digest agility is about the records of one
// owner name, not about those of another target (D-51, D-71).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "verifier/dane/anchor_paths.h"
#include "verifier/dane/compared_certificate.h"
#include "verifier/pkix.h"
#include "verifier/tlsa.h"

namespace danegate {

class TlsaMatcher {
 public:
  // Borrows `trust`. REQUIRES: !chain.empty().
  TlsaMatcher(const CertificateChain& chain, const TrustStore& trust,
              UnixTime at);

  // As MatchTlsa(). `names` in the order in which they are tried.
  TlsaMatch Match(std::span<const TlsaRecord> rrset,
                  std::span<const Domain> names);

 private:
  TlsaMatch Try(const TlsaRecord&, std::span<const Domain> names);
  TlsaMatch TryEndEntity(const TlsaRecord&, std::span<const Domain> names);
  TlsaMatch TryPkixTrustAnchor(const TlsaRecord&,
                               std::span<const Domain> names);
  TlsaMatch TryTrustAnchor(const TlsaRecord&, std::span<const Domain> names);
  TlsaMatch TrySuppliedAnchor(const TlsaRecord&, std::span<const Domain> names);
  TlsaMatch Judge(const TlsaRecord&, const std::string& what, Prooftype,
                  const CertificatePath&, std::span<const Domain> names) const;
  // The first certificate of the chain from `from` on that fits; the leaf is no
  // authority over itself.
  std::optional<std::size_t> FindAuthority(const TlsaRecord&, std::size_t from);

  AnchorPaths paths_;
  std::vector<ComparedCertificate> certificates_;
};

}  // namespace danegate
