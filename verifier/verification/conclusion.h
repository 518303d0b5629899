// Conclude decides what the targets of a secure delegation say together, once
// each is examined and none has matched (D-72, D-73; the table of spec D.7).
// Pure.
#pragma once

#include <optional>
#include <span>

#include "verifier/proof.h"
#include "verifier/tlsa.h"
#include "verifier/verification/target_finding.h"

namespace danegate {

struct ExaminedTarget {
  TargetFinding finding;           // not kPending
  std::optional<TlsaMatch> match;  // for kTlsa
};

struct Conclusion {
  Outcome outcome;  // never kProved
  Reason reason;
  // The target that decided, for the error text: the one whose look-up failed,
  // whose records came nearest, that lacks them. Null if a bound decided.
  const ExaminedTarget* target;
};

// What the targets do not show.
struct Omitted {
  // Endpoints that cannot be proved: an SRV record that is unsigned, or has a
  // target that is no host name.
  bool unprotected = false;
  // Targets beyond the budget, which nobody looked at (D-22).
  bool unexamined = false;
};

// REQUIRES: at least one target; no target's match is kMatch.
Conclusion Conclude(std::span<const ExaminedTarget> targets, Omitted omitted);

}  // namespace danegate
