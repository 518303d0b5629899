#include "tenants/config/waiting_files.h"

namespace danegate {

void WaitingFiles::Add(const std::string& file, const TenantReading& reading,
                       const AllClaims& claims) {
  const auto wait = [&](const NameClaims& table, const std::string& name) {
    const std::string holder = table.HolderOf(name);
    if (holder.empty() || holder == file) return;
    files_[name].insert(file);
    names_[file].insert(name);
  };
  if (reading.name) wait(claims.tenants, reading.name->name);
  for (const LocatedName& claim : reading.claims) {
    wait(claims.domains, claim.name);
  }
}

void WaitingFiles::Forget(const std::string& file) {
  const auto names = names_.find(file);
  if (names == names_.end()) return;
  for (const auto& name : names->second) {
    const auto files = files_.find(name);
    files->second.erase(file);
    if (files->second.empty()) files_.erase(files);
  }
  names_.erase(names);
}

std::set<std::string> WaitingFiles::Take(const Tenant& freed) {
  std::set<std::string> files;
  if (files_.empty()) return files;
  const auto take = [&](const std::string& name) {
    const auto found = files_.find(name);
    if (found != files_.end()) {
      files.insert(found->second.begin(), found->second.end());
    }
  };
  take(freed.name);
  for (const auto& name : ClaimedNames(freed)) take(name);
  for (const auto& file : files) Forget(file);
  return files;
}

}  // namespace danegate
