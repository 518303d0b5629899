#include "proxy/command/doctor/diagnosis.h"

#include <algorithm>
#include <utility>

#include "proxy/command/doctor/endpoint_findings.h"
#include "proxy/command/doctor/posh_findings.h"
#include "proxy/command/doctor/probe_findings.h"
#include "proxy/command/doctor/srv_findings.h"

namespace danegate {
namespace {

void Append(std::vector<Finding> more, std::vector<Finding>& findings) {
  for (Finding& finding : more) {
    if (std::find(findings.begin(), findings.end(), finding) ==
        findings.end()) {
      findings.push_back(std::move(finding));
    }
  }
}

// The endpoints of one domain that lead to us, and what peers see there.
struct JudgedEndpoints {
  std::vector<const EndpointFacts*> endpoints;
  std::vector<std::vector<JudgedForm>> forms;  // of each

  bool AllStrong() const {
    for (const auto& of_one : forms) {
      for (const JudgedForm& form : of_one) {
        if (!form.IsStrong()) return false;
      }
    }
    return true;
  }
  // What a peer without DANE is shown.
  std::vector<CertificateChain> ChainsForSource() const {
    std::vector<CertificateChain> chains;
    for (const auto& of_one : forms) {
      for (const JudgedForm& form : of_one) {
        if (form.form != SniForm::kTarget) chains.push_back(form.chain);
      }
    }
    return chains;
  }
};

JudgedEndpoints Judge(const DomainFacts& facts, const PublishedPosh& posh,
                      const Expectation& expected) {
  JudgedEndpoints judged;
  for (const EndpointFacts& endpoint : facts.endpoints) {
    if (!LeadsToUs(endpoint.target, expected)) continue;
    judged.endpoints.push_back(&endpoint);
    judged.forms.push_back(JudgeForms(facts.domain, endpoint, posh, expected));
  }
  return judged;
}

// An unsigned zone takes DANE away; whether that is all, the forms say.
void WeighUnsigned(bool all_strong, std::vector<Finding>& findings) {
  for (Finding& finding : findings) {
    if (finding.mistake == Mistake::kZoneUnsigned && !all_strong) {
      finding.severity = Severity::kError;
    }
  }
}

// Nobody shall be told that all is well where a peer thinks otherwise.
void TellUnexplained(const Domain& domain, bool all_strong,
                     std::vector<Finding>& findings) {
  const Health health = HealthOf(findings);
  if (all_strong || health == Health::kBad || health == Health::kUnknown) {
    return;
  }
  findings.push_back({Severity::kError, Mistake::kNotProved,
                      "peers find no strong proof of " + domain.ascii(),
                      "danegate explain " + domain.ascii() + " tells more"});
}

}  // namespace

DomainDiagnosis Diagnose(const DomainFacts& facts,
                         const Expectation& expected) {
  DomainDiagnosis diagnosis{facts.domain, {}, CheckSrv(facts, expected)};
  const PublishedPosh posh(facts);
  const JudgedEndpoints judged = Judge(facts, posh, expected);
  for (std::size_t i = 0; i < judged.endpoints.size(); ++i) {
    for (const JudgedForm& form : judged.forms[i]) {
      diagnosis.views.push_back(ViewOf(judged.endpoints[i]->target, form));
    }
    Append(CheckEndpoint(facts.domain, *judged.endpoints[i], judged.forms[i],
                         expected),
           diagnosis.findings);
  }
  Append(posh.Check(judged.ChainsForSource(), expected), diagnosis.findings);
  Append(CheckProbes(judged.endpoints, expected), diagnosis.findings);
  WeighUnsigned(judged.AllStrong(), diagnosis.findings);
  TellUnexplained(facts.domain, judged.AllStrong(), diagnosis.findings);
  return diagnosis;
}

std::string_view ToString(Health health) {
  switch (health) {
    case Health::kGood:
      return "good";
    case Health::kWarning:
      return "warning";
    case Health::kUnknown:
      return "unknown";
    case Health::kBad:
      return "bad";
  }
  return "unknown";
}

Health HealthOf(const std::vector<Finding>& findings) {
  Health health = Health::kGood;
  for (const Finding& finding : findings) {
    switch (finding.severity) {
      case Severity::kError:
        return Health::kBad;
      case Severity::kUnknown:
        health = Health::kUnknown;
        break;
      case Severity::kWarning:
        health = std::max(health, Health::kWarning);
        break;
    }
  }
  return health;
}

}  // namespace danegate
