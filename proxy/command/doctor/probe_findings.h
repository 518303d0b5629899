// Whether the edge is where the DNS says, and serves there what the
// configuration says. Pure.
#pragma once

#include <vector>

#include "proxy/command/doctor/domain_facts.h"
#include "proxy/command/doctor/expectation.h"
#include "proxy/command/doctor/finding.h"

namespace danegate {

// `endpoints` are those that lead to us.
std::vector<Finding> CheckProbes(
    const std::vector<const EndpointFacts*>& endpoints, const Expectation&);

}  // namespace danegate
