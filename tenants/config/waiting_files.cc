#include "tenants/config/waiting_files.h"

namespace danegate {

void WaitingFiles::Add(const std::string& file, const TenantReading& reading,
                       const AllClaims& claims) {
  const auto wait = [&](const NameClaims& table, const std::string& name) {
    const std::string holder = table.HolderOf(name);
    if (!holder.empty() && holder != file) files_[name].insert(file);
  };
  if (reading.name) wait(claims.tenants, reading.name->name);
  for (const LocatedName& claim : reading.claims) {
    wait(claims.domains, claim.name);
  }
}

std::set<std::string> WaitingFiles::Take(const Tenant& freed) {
  std::set<std::string> files;
  if (files_.empty()) return files;
  const auto take = [&](const std::string& name) {
    const auto found = files_.find(name);
    if (found == files_.end()) return;
    files.merge(found->second);
    files_.erase(found);
  };
  take(freed.name);
  for (const auto& name : ClaimedNames(freed)) take(name);
  return files;
}

}  // namespace danegate
