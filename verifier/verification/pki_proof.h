// ProveByPki judges a peer's chain by the public key infrastructure: a path to
// a root, and a name (spec C). Pure.
#pragma once

#include <span>
#include <string>

#include "verifier/certificate.h"
#include "verifier/domain.h"
#include "verifier/instant.h"
#include "verifier/pkix.h"
#include "verifier/proof.h"

namespace danegate {

struct PkiProof {
  ProofFinding finding;
  // For kProved: the reference identity that matched (C-06), and the earliest
  // end of validity on the path (E-17, B-25).
  std::string matched_name;
  UnixTime not_after = UnixTime::Never();
};

// `names` are the reference identities in the order in which they are tried:
// the peer's domain, and the hosts that it delegates to securely, no others
// (C-03, C-05, F-13). REQUIRES: !names.empty().
PkiProof ProveByPki(const CertificateChain&, const TrustStore&,
                    std::span<const Domain> names, UnixTime at);

}  // namespace danegate
