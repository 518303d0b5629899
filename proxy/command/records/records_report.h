// RecordsReport is what `danegate records` has to say: one value, written as
// text for people and as JSON for scripts. What the text says of zones can be
// pasted into a zone file as it is.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "proxy/command/terminal.h"
#include "tenants/records.h"
#include "tenants/roll_over.h"
#include "tenants/tenant.h"

namespace danegate {

struct TenantReport {
  std::shared_ptr<const Tenant> tenant;
  TenantRecords records;
  std::vector<RollOver> roll_over;
};

struct RecordsReport {
  std::chrono::seconds ttl;
  bool asks_for_roll_over = false;  // who publishes for the first time does not
  std::vector<TenantReport> tenants;
};

// The roll-over is told of one tenant only, where it was asked for: else it is
// in the JSON.
std::string ToText(const RecordsReport&, const Ink&);
std::string ToJson(const RecordsReport&);

}  // namespace danegate
