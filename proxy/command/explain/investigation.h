// Investigate does for one peer what the proxy does when the peer connects, and
// keeps everything that can be told about it: where its servers are, the
// certificate that one of them presents, and the verdict.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "proxy/command/explain/peer_probe.h"
#include "verifier/certificate.h"
#include "verifier/domain.h"
#include "verifier/instant.h"
#include "verifier/pkix.h"
#include "verifier/policy.h"
#include "verifier/proof.h"
#include "verifier/result.h"
#include "verifier/route.h"
#include "verifier/service.h"
#include "verifier/verdict.h"

namespace danegate {

struct Subject {
  Domain peer;
  Domain from;             // who we say that we are when we connect
  CertificateChain chain;  // empty: the one that a server of the peer presents
  std::shared_ptr<const ProofPolicy> policy;
};

// All times are since the start.
struct Story {
  std::vector<EvidenceStep> steps;
  std::vector<FetchStep> fetches;
  std::string no_route;  // why there is nowhere to connect to, or empty
  Instant began;
  std::vector<ProbeAttempt> attempts;
  CertificateChain chain;                  // the one that was judged
  std::shared_ptr<const Verdict> verdict;  // never null
  // The end, on both clocks.
  Now ended;
};

// Blocks until the verdict is there; PeerProbe and Verification say how long
// that is at most. The error says which setting or file is wrong.
Result<Story, std::string> Investigate(const VerifierSettings&,
                                       const TrustStore& trust, Subject);

}  // namespace danegate
