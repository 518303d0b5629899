// BackendTrust judges the certificates of backends, and remembers the good ones
// for a minute: a tenant's backend shows the same one to every stream, and its
// signatures cost as much as the handshake itself.
//
// What is remembered holds for one chain, one set of roots and one name. A
// certificate that expires meanwhile is taken up to kHold longer. Bounded.
// Thread: the shard's.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

#include "verifier/certificate.h"
#include "verifier/domain.h"
#include "verifier/instant.h"
#include "verifier/pkix.h"

namespace danegate {

class BackendTrust {
 public:
  static constexpr std::chrono::seconds kHold{60};
  static constexpr std::size_t kMostKept = 4096;

  // Why the chain is not good, as WhyPathInvalid(); empty if it is.
  // REQUIRES: !chain.empty().
  std::string WhyUntrusted(const CertificateChain& chain,
                           const TrustStore& trust, const Domain& name,
                           Now now);

 private:
  std::map<std::string, Instant> good_until_;  // by what was judged
};

}  // namespace danegate
