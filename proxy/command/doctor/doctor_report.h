// The report of `danegate doctor`, as text for people and as JSON for scripts.
#pragma once

#include <string>
#include <vector>

#include "proxy/command/doctor/round.h"
#include "proxy/command/terminal.h"

namespace danegate {

// One line for a tenant that is well; for others what peers conclude, and what
// to change.
std::string ToText(const std::vector<TenantDiagnosis>&, const Ink&);
std::string ToJson(const std::vector<TenantDiagnosis>&);

// The worst of all.
Health HealthOf(const std::vector<TenantDiagnosis>&);

}  // namespace danegate
