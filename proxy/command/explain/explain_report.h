// ExplainReport is all that `danegate explain` has to say about a peer: one
// value, written as text for people and as JSON for scripts.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "proxy/command/explain/investigation.h"
#include "proxy/command/terminal.h"
#include "verifier/decision.h"
#include "verifier/x509/certificate_summary.h"

namespace danegate {

struct ExplainReport {
  Domain peer;
  std::string tenant;      // whose policy; empty: the default one
  std::string chain_file;  // empty: the chain came from a server
  std::shared_ptr<const ProofPolicy> policy;
  Story story;
  std::vector<CertificateSummary> certificates;  // of story.chain
};

// What is the case. The verdict's, but for a peer whose certificate could not
// be had: what the DNS alone says is not what its certificate would show; and
// for one that the policy refuses by name.
Outcome OutcomeOf(const ExplainReport&);
Reason ReasonOf(const ExplainReport&);
// What the proxy would do with it. Never kGrantByDialback.
Decision DecisionOf(const ExplainReport&);
// What would mend it; empty if it is proved.
std::string RemedyOf(const ExplainReport&);
// Whether it is the peer's operator who can mend it, and whom that text speaks
// to: "your server".
bool IsForPeersOperator(const ExplainReport&);
// How long the verdict holds, from the end of the story.
std::chrono::seconds HoldsFor(const ExplainReport&);

// "strong (DANE, PKI or POSH)"
std::string PolicyText(const ProofPolicy&);
// "secure", "insecure", "bogus", or "failed": it is not known.
std::string_view StatusWord(const EvidenceStep&);

std::string ToText(const ExplainReport&, const Ink&);
std::string ToJson(const ExplainReport&);

}  // namespace danegate
