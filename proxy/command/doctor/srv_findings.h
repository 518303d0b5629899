// What is wrong with the SRV records of a domain (spec D.1, H). Pure.
#pragma once

#include <vector>

#include "proxy/command/doctor/domain_facts.h"
#include "proxy/command/doctor/expectation.h"
#include "proxy/command/doctor/finding.h"

namespace danegate {

std::vector<Finding> CheckSrv(const DomainFacts&, const Expectation&);

// The record leads to us: its endpoint is judged, others are not.
bool LeadsToUs(const DelegatedTarget&, const Expectation&);

// For an answer that failed. `what` begins the sentence.
Finding DnsFinding(const std::string& what, bool bogus,
                   const std::string& failure);

}  // namespace danegate
