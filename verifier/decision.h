// Decide joins what the prooftypes found into one answer (D6, F-01, F-02; spec
// D.7). Pure.
//
// The order, which no RFC gives but RFC 7673 for DANE:
//   1. DANE is final where it speaks: proved grants, disproved refuses (D-52),
//      and what could not be found out defers, whatever the others say (D-21).
//   2. Where DANE is absent: PKI, then POSH, then dialback, each only if the
//      tenant's policy allows it. That one of these does not prove the peer is
//      no objection to the next.
//   3. Where nothing proves the peer and one of PKI and POSH could not be found
//      out, the peer may try later; else it is refused.
// Dialback is the last: its outcome is "absent" until the peer asks for it.
#pragma once

#include <string_view>

#include "verifier/policy.h"
#include "verifier/proof.h"

namespace danegate {

struct ProofOutcomes {
  Outcome dane = Outcome::kAbsent;
  Outcome pki = Outcome::kAbsent;
  Outcome posh = Outcome::kAbsent;
  Outcome dialback = Outcome::kAbsent;

  friend bool operator==(const ProofOutcomes&, const ProofOutcomes&) = default;
};

enum class Decision {
  kGrantByDane,
  kGrantByPki,
  kGrantByPosh,
  kGrantByDialback,
  kRefuse,
  kDefer,         // try again later
  kDialbackOnly,  // nothing yet, and dialback may still prove the peer
};
std::string_view ToString(Decision);  // "grant-dane", …, "dialback-only"

Decision Decide(const ProofOutcomes&, ProofRequirement);

// The outcomes before any dialback.
ProofOutcomes OutcomesOf(const ProofFindings&);

}  // namespace danegate
