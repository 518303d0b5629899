// WaitingFiles are tenant files that were refused a name which another has:
// they are looked at again when it is free. Pure.
#pragma once

#include <set>
#include <string>
#include <unordered_map>

#include "tenants/config/claim_round.h"
#include "tenants/config/tenant_reader.h"
#include "tenants/tenant.h"

namespace danegate {

class WaitingFiles {
 public:
  // The file waits no more.
  void Forget(const std::string& file);
  // The file waits for those of its names that are in other hands.
  void Add(const std::string& file, const TenantReading&, const AllClaims&);
  // The files that have waited for any name of the tenant; they wait no more.
  std::set<std::string> Take(const Tenant& freed);

 private:
  std::unordered_map<std::string, std::set<std::string>> files_;  // by name
  std::unordered_map<std::string, std::set<std::string>> names_;  // by file
};

}  // namespace danegate
