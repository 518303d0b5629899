// What peers conclude at one endpoint of ours, and what is wrong if that is not
// a strong proof (RFC 7673; spec D.7, K-1). Pure.
#pragma once

#include <vector>

#include "proxy/command/doctor/domain_facts.h"
#include "proxy/command/doctor/expectation.h"
#include "proxy/command/doctor/finding.h"
#include "proxy/command/doctor/posh_findings.h"
#include "verifier/endpoint_judgement.h"

namespace danegate {

// One kind of peer: what it puts into SNI, what it is shown, what it concludes.
struct JudgedForm {
  SniForm form;
  CertificateChain chain;
  EndpointJudgement judgement;
  bool by_posh = false;  // POSH proves what DANE and PKI do not

  bool IsStrong() const {
    return judgement.outcome == Outcome::kProved || by_posh;
  }
};

// Forms that no peer uses here are left out: whoever has no signed delegation
// puts the domain into SNI (D-55).
std::vector<JudgedForm> JudgeForms(const Domain& source, const EndpointFacts&,
                                   const PublishedPosh&, const Expectation&);

std::vector<Finding> CheckEndpoint(const Domain& source, const EndpointFacts&,
                                   const std::vector<JudgedForm>&,
                                   const Expectation&);

PeerView ViewOf(const DelegatedTarget&, const JudgedForm&);

}  // namespace danegate
