// What a tenant demands of its peers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/domain.h"

namespace danegate {

class TrustStore;

// A domain, or with "*." before it all domains below it, at any depth.
struct DomainPattern {
  Domain domain;
  bool below = false;

  bool Matches(const Domain&) const;
};

enum class ProofRequirement {
  kDane,    // a matching TLSA record under a secure delegation, nothing less
  kStrong,  // DANE, PKI or POSH
  kAny,     // dialback too
};
std::string_view ToString(ProofRequirement);

// ProofPolicy is immutable and shared. Thread: any.
struct ProofPolicy {
  ProofRequirement require = ProofRequirement::kDane;
  // Whether POSH counts: the web server of a domain often is not run by those
  // who run its XMPP (E-22).
  bool posh = true;
  // The roots of PKI and of TLSA usages 0 and 1; null: the edge's.
  std::shared_ptr<const TrustStore> trust;
  // Peers that are refused whatever they prove, and, where `allow` is not
  // empty, all others but these. No part of the digest: they are looked at
  // before any proof.
  std::vector<DomainPattern> deny;
  std::vector<DomainPattern> allow;

  // Which list has this peer refused whatever it proves: "deny" or "allow", as
  // the tenant's setting `proof` calls them; empty if none does.
  std::string_view RefusingList(const Domain& peer) const;
  // The same in one sentence for the peer's operator; empty if it is not
  // refused.
  std::string WhyRefused(const Domain& peer) const;
  // Policies that judge alike have the same digest, others do not: it is a part
  // of the verdict key (C1).
  std::uint64_t Digest() const;
};

}  // namespace danegate
