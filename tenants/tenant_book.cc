#include "tenants/tenant_book.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <tuple>
#include <utility>

#include "tenants/config/tenant_folder.h"

namespace danegate {
namespace {

// FileReading and accepted at a time: what a reading holds beside its tenant is
// gone before the next.
constexpr std::size_t kBatch = 4096;

TenantSurroundings SurroundingsOf(const Settings& settings, TrustFiles* trust) {
  TenantSurroundings around;
  around.edge_credential = settings.edge_credential;
  around.listeners = settings.starttls;
  around.listeners.insert(around.listeners.end(), settings.direct_tls.begin(),
                          settings.direct_tls.end());
  around.trust = trust;
  return around;
}

std::shared_ptr<const CredentialSource> SourceOf(
    std::shared_ptr<const Credential> credential) {
  return std::make_shared<const CredentialSource>(
      std::make_shared<const CredentialSet>(1, std::move(credential)));
}

}  // namespace

TenantBook::TenantBook(const Settings& settings, NameClaims edge_names)
    : folder_(settings.tenants_folder),
      around_(SurroundingsOf(settings, &trust_)),
      edge_names_(std::move(edge_names)),
      tenants_(settings.edge_hosts, SourceOf(settings.edge_credential)) {
  around_.edge_names = &edge_names_;
}

void TenantChanges::Add(TenantChanges later) {
  const auto join = [](auto& these, auto& those) {
    std::move(those.begin(), those.end(), std::back_inserter(these));
  };
  join(tenants, later.tenants);
  added += later.added;
  changed += later.changed;
  removed += later.removed;
  files_read += later.files_read;
  join(errors, later.errors);
  join(renewed, later.renewed);
  join(unknown, later.unknown);
  join(contradicted, later.contradicted);
}

// --- reading -----------------------------------------------------------------

TenantSurroundings TenantBook::AroundAt(UnixTime now,
                                        ReadingDepth depth) const {
  TenantSurroundings around = around_;
  around.now = now;
  around.depth = depth;
  return around;
}

TenantChanges TenantBook::ReadAll(ReadingDepth depth, UnixTime now,
                                  unsigned threads) {
  TenantChanges changes;
  FileLog log(folder_);
  const auto files = ListTenantFiles(folder_, &log);
  changes.errors = log.errors();
  const std::span all(files);
  for (std::size_t i = 0; i < all.size(); i += kBatch) {
    const auto batch = all.subspan(i, std::min(kBatch, all.size() - i));
    Accept(ReadFiles(batch, AroundAt(now, depth), threads), {}, &changes);
  }
  if (depth == ReadingDepth::kSettings) unaudited_ = files;
  return changes;
}

TenantChanges TenantBook::Sweep(UnixTime now, const ClearanceOf& clearance,
                                bool force) {
  TenantChanges changes;
  FileLog log(folder_);
  const auto files = ListTenantFiles(folder_, &log);
  changes.errors = log.errors();
  if (!log.ok()) return changes;
  std::set<std::string> renewed;
  for (const auto& file : files) {
    if (HasChanged(file)) renewed.insert(file);
  }
  for (const auto& [file, state] : files_) {
    if (!std::binary_search(files.begin(), files.end(), file)) {
      renewed.insert(file);
    }
  }
  if (!force) Keep(renewed, &changes);
  Renew(std::move(renewed), now, clearance, {}, &changes);
  return changes;
}

TenantChanges TenantBook::Look(const std::vector<std::string>& paths,
                               UnixTime now, const ClearanceOf& clearance) {
  TenantChanges changes;
  std::set<std::string> files;
  for (const auto& path : paths) {
    const std::filesystem::path parts(path);
    if (parts.parent_path() == folder_ &&
        IsTenantFile(parts.filename().string())) {
      files.insert(path);
      continue;
    }
    files.merge(resting_.FilesOn(path));
  }
  Keep(files, &changes);
  Renew(std::move(files), now, clearance, {paths.begin(), paths.end()},
        &changes);
  return changes;
}

// Where several files are gone and no other is left, somebody has lost a folder
// rather than all customers.
void TenantBook::Keep(std::set<std::string>& files, TenantChanges* changes) {
  const auto is_there = [](const auto& at) {
    return std::filesystem::exists(at.first);
  };
  const bool may_be_all = files.size() > 1 && files.size() >= files_.size();
  if (!may_be_all || std::any_of(files_.begin(), files_.end(), is_there)) {
    return;
  }
  FileLog log(folder_);
  log.Error({}, "expected tenant files; found none, and " +
                    std::to_string(tenants_.size()) +
                    " tenants are served: they stay; bring the files back, or "
                    "run danegate ctl reload --force to let them go");
  changes->errors.insert(changes->errors.end(), log.errors().begin(),
                         log.errors().end());
  std::erase_if(files,
                [this](const auto& file) { return files_.contains(file); });
}

bool TenantBook::HasChanged(const std::string& file) const {
  const auto known = files_.find(file);
  if (known == files_.end() || StampOf(file) != known->second.stamp) {
    return true;
  }
  const auto& rests_on = known->second.rests_on;
  return std::any_of(
      rests_on.begin(), rests_on.end(),
      [](const RestedOn& rest) { return StampOf(rest.path) != rest.stamp; });
}

void TenantBook::Renew(std::set<std::string> files, UnixTime now,
                       const ClearanceOf& clearance,
                       const std::set<std::string>& touched,
                       TenantChanges* changes) {
  for (const auto& path : touched) trust_.Forget(path);
  while (!files.empty()) {
    std::vector<FileReading> reads;
    std::vector<std::string> gone;
    changes->renewed.insert(changes->renewed.end(), files.begin(), files.end());
    for (const auto& file : files) {
      if (!std::filesystem::exists(file)) {
        gone.push_back(file);
        continue;
      }
      FileReading read = ReadFile(file, AroundAt(now, ReadingDepth::kMaterial));
      if (read.reading.tenant && HasKeptFiles(read, touched)) {
        read.reading.tenant->credentials = files_[file].tenant->credentials;
      } else if (read.reading.tenant && !read.reading.loaded.empty() &&
                 clearance) {
        auto answer = clearance(*read.reading.tenant, read.reading.loaded);
        if (answer.kind == Clearance::Kind::kUnknown) {
          changes->unknown.push_back(file);
          continue;
        }
        if (answer.kind == Clearance::Kind::kRefused) {
          changes->contradicted.push_back(file);
          read.log.Error({}, std::move(answer.why));
        }
      }
      reads.push_back(std::move(read));
    }
    Accept(std::move(reads), gone, changes);
    files = std::exchange(freed_, {});
  }
}

// Whether its certificates and keys are the ones that are served: then they
// stay as they are, loaded or not.
bool TenantBook::HasKeptFiles(const FileReading& read,
                              const std::set<std::string>& touched) const {
  const auto known = files_.find(read.file);
  if (known == files_.end() || known->second.tenant == nullptr) return false;
  const auto& before = known->second.tenant->credentials;
  const auto& after = read.reading.tenant->credentials;
  if (before == nullptr || after == nullptr) return before == after;
  if (before->files() != after->files()) return false;
  const auto stamp = [](const std::vector<RestedOn>& rests,
                        const std::string& path) -> FileStamp {
    for (const RestedOn& rest : rests) {
      if (rest.path == path) return rest.stamp;
    }
    return 0;
  };
  const auto is_kept = [&](const std::string& path) {
    const FileStamp old = stamp(known->second.rests_on, path);
    return !touched.contains(path) && old != 0 &&
           old == stamp(read.reading.rests_on, path);
  };
  return std::all_of(after->files().begin(), after->files().end(),
                     [&](const CredentialFiles& pair) {
                       return is_kept(pair.chain) && is_kept(pair.key);
                     });
}

void TenantBook::SetEdge(std::shared_ptr<const Credential> credential) {
  around_.edge_credential = credential;
  tenants_.SetEdge(SourceOf(std::move(credential)));
  for (const auto& [file, state] : files_) {
    if (state.tenant != nullptr &&
        state.tenant->identity == IdentityMode::kEdgeKey &&
        state.tenant->credentials != nullptr) {
      unaudited_.push_back(file);
    }
  }
}

std::vector<ConfigError> TenantBook::Audit(std::size_t most, UnixTime now) {
  TenantChanges changes;
  for (; most > 0 && !unaudited_.empty(); --most) {
    const std::string file = std::move(unaudited_.back());
    unaudited_.pop_back();
    const auto known = files_.find(file);
    // Renewed meanwhile, or gone.
    if (known == files_.end() || HasChanged(file)) continue;
    Report(ReadFile(file, AroundAt(now, ReadingDepth::kMaterial)), &changes);
  }
  return std::move(changes.errors);
}

// --- accepting ---------------------------------------------------------------

void TenantBook::Accept(std::vector<FileReading> reads,
                        const std::vector<std::string>& gone,
                        TenantChanges* changes) {
  changes->files_read += reads.size();
  Settle(reads, gone);
  Replace(reads, gone, changes);
  for (FileReading& read : reads) {
    Report(read, changes);
    File& file = files_[read.file];
    file.stamp = read.stamp;
    resting_.Remove(read.file, file.rests_on);
    file.rests_on = std::move(read.reading.rests_on);
    resting_.Add(read.file, file.rests_on);
  }
  for (const auto& path : gone) {
    const auto file = files_.find(path);
    if (file == files_.end()) continue;
    resting_.Remove(path, file->second.rests_on);
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
    ++(before.erase(tenant->name) > 0 ? changes->changed : changes->added);
    changes->tenants.push_back(tenant->name);
    files_[read.file].tenant = tenant;
    tenants_.Put(std::move(tenant));
  }
  changes->removed += before.size();
  changes->tenants.insert(changes->tenants.end(), before.begin(), before.end());
}

void TenantBook::Report(const FileReading& read, TenantChanges* changes) {
  std::vector<ConfigError> errors = read.log.errors();
  std::stable_sort(errors.begin(), errors.end(),
                   [](const ConfigError& a, const ConfigError& b) {
                     return std::tie(a.line, a.column) <
                            std::tie(b.line, b.column);
                   });
  changes->errors.insert(changes->errors.end(), errors.begin(), errors.end());
  if (errors.empty()) {
    problems_.erase(read.file);
  } else {
    problems_[read.file] = std::move(errors);
  }
}

}  // namespace danegate
