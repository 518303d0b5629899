// Diagnose says what peers conclude about one domain and what is wrong with it:
// a pure function of what was found and what ought to be.
#pragma once

#include <string>
#include <vector>

#include "proxy/command/doctor/domain_facts.h"
#include "proxy/command/doctor/expectation.h"
#include "proxy/command/doctor/finding.h"

namespace danegate {

struct DomainDiagnosis {
  Domain domain;
  std::vector<PeerView> views;
  std::vector<Finding> findings;
};

DomainDiagnosis Diagnose(const DomainFacts&, const Expectation&);

// What ends up as the tenant's word and in the exit status: an error outweighs
// what is unknown, and that a warning.
enum class Health { kGood, kWarning, kUnknown, kBad };
std::string_view ToString(Health);
Health HealthOf(const std::vector<Finding>&);

}  // namespace danegate
