// Verdict is the answer to "is it legitimate to associate this domain with this
// stream?", with the evidence it rests on and the time until which it holds.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "verifier/domain.h"
#include "verifier/instant.h"
#include "verifier/proof.h"

namespace danegate {

class Verdict {
 public:
  // Thread: any; a plain value.
  Verdict(ClaimedDomain claimed, Outcome outcome, Reason reason)
      : claimed_(std::move(claimed)), outcome_(outcome), reason_(reason) {}

  Outcome outcome() const { return outcome_; }
  Reason reason() const { return reason_; }
  const Domain& claimed() const { return claimed_.domain; }

  // The domain as proven; nothing unless outcome() is kProved.
  std::optional<ProvenDomain> proven() const {
    if (outcome_ != Outcome::kProved) return std::nullopt;
    return ProvenDomain(claimed_.domain);
  }

  // The policy takes dialback for a proof: with kAbsent nothing stronger has
  // decided, so dialback may (D6); with kProved the peer may bring further
  // pairs by it. Means nothing with the other outcomes (threats C7).
  bool may_dial_back = false;
  // The prooftype that proved; meaningful only for kProved.
  Prooftype prooftype = Prooftype::kDaneEe;
  Evidence evidence;
  // One sentence for the peer's operator: what failed and which record would
  // mend it. Empty for kProved.
  std::string remedy;
  // For kPeerRefused: ProofPolicy::RefusingList().
  std::string_view refusing_list;
  // The verdict may not be used at or after this instant (D-60, D-61).
  Instant expires;

 private:
  ClaimedDomain claimed_;
  Outcome outcome_;
  Reason reason_;
};

}  // namespace danegate
