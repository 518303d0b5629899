// CertificateCheck tells whether a server has shown the certificate of the
// domain that was asked for.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "bench/load/handshakes/expected_leaves.h"
#include "verifier/certificate.h"
#include "verifier/domain.h"
#include "verifier/instant.h"
#include "verifier/pkix.h"

namespace danegate {

class CertificateCheck {
 public:
  // With `trust` the chain must also lead to one of these roots; with
  // `expected` the leaf must be the tenant's own.
  CertificateCheck(std::optional<TrustStore> trust,
                   std::optional<ExpectedLeaves> expected)
      : trust_(std::move(trust)), expected_(std::move(expected)) {}

  // Why it is the wrong certificate; empty if it is the right one.
  // REQUIRES: !chain.empty(), and `wanted` is a name that `expected` watches.
  std::string WhyWrong(const CertificateChain& chain, const Domain& wanted,
                       UnixTime at);

 private:
  std::optional<TrustStore> trust_;
  std::optional<ExpectedLeaves> expected_;
};

}  // namespace danegate
