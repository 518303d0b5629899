// Round visits the domains of many tenants, kVisits at a time, on one loop with
// one resolver, whose cache spares most of the questions about edge hosts.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proxy/command/doctor/diagnosis.h"
#include "tenants/tenant_file.h"
#include "verifier/pkix.h"
#include "verifier/result.h"

namespace danegate {

struct TenantDiagnosis {
  std::shared_ptr<const Tenant> tenant;
  std::vector<DomainDiagnosis> domains;
  // Of all domains, each once.
  std::vector<Finding> findings;
};

struct RoundRequest {
  const Configuration& configuration;
  std::vector<std::shared_ptr<const Tenant>> tenants;
  const TrustStore& roots;  // that peers are taken to trust
  bool connect = true;      // to the addresses that the DNS names
  // Called now and then, with how many domains are done.
  std::function<void(std::size_t done, std::size_t of)> on_progress;
};

inline constexpr std::size_t kVisits = 32;

// Blocks until everything is known. In the order of the request. The error says
// which setting or file is wrong.
Result<std::vector<TenantDiagnosis>, std::string> MakeRound(
    const RoundRequest&);

}  // namespace danegate
