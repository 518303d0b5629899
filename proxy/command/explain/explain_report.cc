#include "proxy/command/explain/explain_report.h"

#include <algorithm>

namespace danegate {
namespace {

// There are servers, and none of them showed a certificate.
bool IsOutOfReach(const ExplainReport& report) {
  return report.story.chain.empty() && !report.story.attempts.empty() &&
         report.story.verdict->outcome() != Outcome::kIndeterminate;
}

// There is no server to ask for a certificate, and that is definite.
bool HasNoServer(const ExplainReport& report) {
  return report.story.chain.empty() && report.story.attempts.empty() &&
         report.story.verdict->outcome() != Outcome::kIndeterminate;
}

// Whom the policy refuses is refused before any of what is told here.
bool IsRefused(const ExplainReport& report) {
  return !report.policy->RefusingList(report.peer).empty();
}

// For the edge's operator: the tenant's lists are no peer's to mend.
std::string RefusalRemedy(const ExplainReport& report) {
  const bool denied = report.policy->RefusingList(report.peer) == "deny";
  return "the setting proof." + std::string(denied ? "deny" : "allow") +
         " of tenant " + report.tenant +
         (denied ? " covers " : " does not cover ") + report.peer.ascii() +
         (denied ? "; take it out" : "; add it there") +
         ", if it is to be let in";
}

Decision GrantBy(Prooftype prooftype) {
  switch (prooftype) {
    case Prooftype::kDaneEe:
    case Prooftype::kDaneTa:
    case Prooftype::kPkixEe:
    case Prooftype::kPkixTa:
      return Decision::kGrantByDane;
    case Prooftype::kPki:
      return Decision::kGrantByPki;
    case Prooftype::kPosh:
      return Decision::kGrantByPosh;
    case Prooftype::kDialback:
      return Decision::kGrantByDialback;
  }
  return Decision::kRefuse;
}

}  // namespace

Outcome OutcomeOf(const ExplainReport& report) {
  if (IsRefused(report)) return Outcome::kDisproved;
  if (IsOutOfReach(report)) return Outcome::kIndeterminate;
  return report.story.verdict->outcome();
}

Reason ReasonOf(const ExplainReport& report) {
  return IsRefused(report) ? Reason::kPeerRefused
                           : report.story.verdict->reason();
}

Decision DecisionOf(const ExplainReport& report) {
  switch (OutcomeOf(report)) {
    case Outcome::kProved:
      return GrantBy(report.story.verdict->prooftype);
    case Outcome::kDisproved:
      return Decision::kRefuse;
    case Outcome::kAbsent:
      return report.story.verdict->may_dial_back ? Decision::kDialbackOnly
                                                 : Decision::kRefuse;
    case Outcome::kIndeterminate:
      return Decision::kDefer;
  }
  return Decision::kRefuse;
}

std::string RemedyOf(const ExplainReport& report) {
  if (IsRefused(report)) return RefusalRemedy(report);
  if (IsOutOfReach(report)) {
    return "no server of " + report.peer.ascii() +
           " let us see its certificate, and each connection tells why; "
           "--chain judges one that you have";
  }
  if (HasNoServer(report) && !report.story.no_route.empty()) {
    return report.story.no_route +
           ", so there is no certificate to look at; --chain judges one that "
           "you have";
  }
  return report.story.verdict->remedy;
}

bool IsForPeersOperator(const ExplainReport& report) {
  return RemedyOf(report) == report.story.verdict->remedy;
}

std::chrono::seconds HoldsFor(const ExplainReport& report) {
  if (OutcomeOf(report) == Outcome::kIndeterminate) return {};
  const Duration left =
      report.story.verdict->expires - report.story.ended.monotonic;
  return std::chrono::duration_cast<std::chrono::seconds>(
      std::max(left, Duration::zero()));
}

std::string PolicyText(const ProofPolicy& policy) {
  std::string ways;
  switch (policy.require) {
    case ProofRequirement::kDane:
      ways = "DANE only";
      break;
    case ProofRequirement::kStrong:
      ways = policy.posh ? "DANE, PKI or POSH" : "DANE or PKI";
      break;
    case ProofRequirement::kAny:
      ways =
          policy.posh ? "DANE, PKI, POSH or dialback" : "DANE, PKI or dialback";
      break;
  }
  return std::string(ToString(policy.require)) + " (" + ways + ")";
}

std::string_view StatusWord(const EvidenceStep& step) {
  if (step.status == DnsStatus::kFailed &&
      step.security != DnsSecurity::kBogus) {
    return ToString(DnsStatus::kFailed);
  }
  return ToString(step.security);
}

}  // namespace danegate
