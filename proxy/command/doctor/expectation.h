// Expectation is what ought to be found for a tenant, from the configuration.
// Borrows; a value otherwise.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "tenants/records.h"
#include "tenants/settings.h"
#include "tenants/tenant.h"
#include "verifier/domain.h"
#include "verifier/instant.h"
#include "verifier/pkix.h"

namespace danegate {

struct Expectation {
  const Tenant& tenant;
  const Settings& settings;
  const TrustStore& roots;  // that a peer is taken to trust
  UnixTime now;
  TenantRecords records;        // to be published
  std::vector<Domain> targets;  // of its SRV records

  bool IsTarget(const Domain& host) const {
    return std::find(targets.begin(), targets.end(), host) != targets.end();
  }
  // A name that danegate answers for, if perhaps not for this tenant.
  bool IsServedHere(const Domain& host) const {
    const auto& hosts = settings.edge_hosts;
    return IsTarget(host) ||
           std::find(hosts.begin(), hosts.end(), host) != hosts.end();
  }
  // The lines to publish under that owner name, SRV or TLSA.
  std::vector<std::string> LinesAt(const std::string& owner) const {
    std::vector<std::string> lines;
    for (const PublishedRecord& record : records.records) {
      if (record.owner != owner) continue;
      lines.push_back(record.ToLine(settings.publish.ttl));
    }
    return lines;
  }
};

}  // namespace danegate
