// What has been read is taken up: who may have which name, which tenants are
// others now, and what is wrong with whose file.
#include <algorithm>
#include <tuple>
#include <utility>

#include "tenants/tenant_book.h"

namespace danegate {

void TenantBook::Accept(std::vector<FileReading> reads,
                        const std::vector<std::string>& gone,
                        TenantChanges* changes) {
  changes->files_read += reads.size();
  Settle(reads, gone);
  Replace(reads, gone, changes);
  for (FileReading& read : reads) {
    Report(read.log, changes);
    auto& [path, file] = *files_.try_emplace(read.file).first;
    file.stamp = read.stamp;
    resting_.Remove(path, file.rests_on);
    file.rests_on = std::move(read.reading.rests_on);
    resting_.Add(path, file.rests_on);
  }
  for (const auto& path : gone) {
    const auto file = files_.find(path);
    if (file == files_.end()) continue;
    resting_.Remove(file->first, file->second.rests_on);
    files_.erase(file);
    problems_.erase(path);
  }
}

// Whoever is refused a name gets an error into its log.
void TenantBook::Settle(std::vector<FileReading>& reads,
                        const std::vector<std::string>& gone) {
  const auto tenant_of = [this](const std::string& file) -> const Tenant* {
    const auto known = files_.find(file);
    return known == files_.end() ? nullptr : known->second.tenant.get();
  };
  std::vector<Claimant> claimants, bad;
  for (FileReading& read : reads) {
    const Tenant* before = tenant_of(read.file);
    if (read.log.ok()) {
      claimants.push_back({&read.log, &read.reading, before});
    } else if (before == nullptr) {
      bad.push_back({&read.log, &read.reading, nullptr});
    }
  }
  std::vector<GivenUp> given_up;
  for (const auto& file : gone) {
    if (const Tenant* tenant = tenant_of(file)) {
      given_up.push_back({file, tenant});
    }
  }
  SettleClaims(claimants, given_up, &claims_);
  TellConflicts(bad, &claims_);
  for (const FileReading& read : reads) {
    if (!read.log.ok()) waiting_.Add(read.file, read.reading, claims_);
  }
}

void TenantBook::Replace(std::vector<FileReading>& reads,
                         const std::vector<std::string>& gone,
                         TenantChanges* changes) {
  std::set<std::string> before;
  const auto remove = [&](const std::string& path) {
    const auto known = files_.find(path);
    if (known == files_.end() || known->second.tenant == nullptr) return;
    before.insert(known->second.tenant->name);
    tenants_.Remove(known->second.tenant->name);
    freed_.merge(waiting_.Take(*known->second.tenant));
  };
  for (const auto& path : gone) remove(path);
  for (const FileReading& read : reads) {
    if (read.log.ok()) remove(read.file);
  }
  for (FileReading& read : reads) {
    if (!read.log.ok()) continue;
    std::shared_ptr<const Tenant> tenant = std::move(read.reading.tenant);
    NoteWildcardOwners(*tenant, changes);
    ++(before.erase(tenant->name) > 0 ? changes->changed : changes->added);
    changes->tenants.push_back(tenant->name);
    files_[read.file].tenant = tenant;
    tenants_.Put(std::move(tenant));
  }
  changes->removed += before.size();
  changes->tenants.insert(changes->tenants.end(), before.begin(), before.end());
}

// A name below another's wildcard is that one's no more.
void TenantBook::NoteWildcardOwners(const Tenant& tenant,
                                    TenantChanges* changes) {
  for (const Domain& domain : tenant.domains) {
    const auto owner = tenants_.Find(domain);
    if (owner == nullptr ||
        std::find(changes->tenants.begin(), changes->tenants.end(),
                  owner->name) != changes->tenants.end()) {
      continue;
    }
    changes->tenants.push_back(owner->name);
  }
}

bool TenantBook::IsBad(const std::string& file) const {
  const auto found = problems_.find(file);
  return found != problems_.end() &&
         std::any_of(found->second.begin(), found->second.end(),
                     [](const ConfigError& error) { return !error.warning; });
}

// What was there before has been told.
void TenantBook::Report(const FileLog& log, TenantChanges* changes) {
  std::vector<ConfigError> errors = log.errors();
  std::stable_sort(errors.begin(), errors.end(),
                   [](const ConfigError& a, const ConfigError& b) {
                     return std::tie(a.line, a.column) <
                            std::tie(b.line, b.column);
                   });
  const auto known = problems_.find(log.file());
  for (const ConfigError& error : errors) {
    const bool is_told = known != problems_.end() &&
                         std::find(known->second.begin(), known->second.end(),
                                   error) != known->second.end();
    if (!is_told) changes->errors.push_back(error);
  }
  if (!errors.empty()) {
    problems_[log.file()] = std::move(errors);
  } else if (known != problems_.end()) {
    problems_.erase(known);
  }
}

}  // namespace danegate
