// VerdictMemory is what all threads remember of verdicts that let a peer in:
// the shared cache, in terms of peers, chains and policies. Of such a verdict
// it keeps who is proved, by what and until when, not the evidence.
//
// A verdict is remembered for one domain, one chain and one policy (D-62, C1):
// "this domain is all right" is nothing that can be looked up. Chains are empty
// where a peer presented nothing; such a peer is never proved, so never found.
//
// Thread: Find() any, without waiting; Begin(), Put() and Promote() the
// verifier threads; Forget() any.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "verifier/certificate.h"
#include "verifier/domain.h"
#include "verifier/instant.h"
#include "verifier/policy.h"
#include "verifier/shared_verdict_cache.h"
#include "verifier/verdict.h"

namespace danegate {

class VerdictMemory {
 public:
  using Stamp = SharedVerdictCache::Stamp;

  // Room for so many verdicts; eight times the peers that are expected.
  explicit VerdictMemory(std::size_t entries);

  struct Found {
    std::shared_ptr<const Verdict> verdict;
    // Set if the verdict ought to be promoted, by a verifier thread.
    std::optional<VerdictTag> to_promote;
  };
  std::optional<Found> Find(const ClaimedDomain&, const CertificateChain&,
                            const ProofPolicy&, Instant now) const;

  // Before a verification reads anything that its verdict rests on.
  Stamp Begin(const Domain& peer) const;
  // Keeps a verdict that proves. REQUIRES: it does; the chain is not empty.
  void Put(const Verdict&, const CertificateChain&, const ProofPolicy&, Stamp,
           Instant now);
  void Promote(const VerdictTag&, Instant now);
  // Everything must be found out anew: the clock has jumped.
  void BumpEpoch();
  // Everything about this peer must be found out anew.
  void Forget(const Domain& peer);

 private:
  std::unique_ptr<SharedVerdictCache> cache_;
};

}  // namespace danegate
