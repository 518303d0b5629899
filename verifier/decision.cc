#include "verifier/decision.h"

#include "verifier/check.h"

namespace danegate {
namespace {

Decision ByDialback(Outcome dialback) {
  switch (dialback) {
    case Outcome::kProved:
      return Decision::kGrantByDialback;
    case Outcome::kDisproved:
      return Decision::kRefuse;
    case Outcome::kAbsent:
      return Decision::kDialbackOnly;
    case Outcome::kIndeterminate:
      return Decision::kDefer;
  }
  FailCheck("an outcome", __FILE__, __LINE__);
}

Decision WithoutDane(const ProofOutcomes& outcomes,
                     ProofRequirement requirement) {
  if (requirement == ProofRequirement::kDane) return Decision::kRefuse;
  if (outcomes.pki == Outcome::kProved) return Decision::kGrantByPki;
  if (outcomes.posh == Outcome::kProved) return Decision::kGrantByPosh;
  if (requirement == ProofRequirement::kAny) {
    return ByDialback(outcomes.dialback);
  }
  const bool undecided = outcomes.pki == Outcome::kIndeterminate ||
                         outcomes.posh == Outcome::kIndeterminate;
  return undecided ? Decision::kDefer : Decision::kRefuse;
}

}  // namespace

Decision Decide(const ProofOutcomes& outcomes, ProofRequirement requirement) {
  switch (outcomes.dane) {
    case Outcome::kProved:
      return Decision::kGrantByDane;
    case Outcome::kDisproved:
      return Decision::kRefuse;
    case Outcome::kIndeterminate:
      return Decision::kDefer;
    case Outcome::kAbsent:
      return WithoutDane(outcomes, requirement);
  }
  FailCheck("an outcome", __FILE__, __LINE__);
}

ProofOutcomes OutcomesOf(const ProofFindings& findings) {
  return {.dane = findings.dane.outcome,
          .pki = findings.pki.outcome,
          .posh = findings.posh.outcome};
}

}  // namespace danegate
