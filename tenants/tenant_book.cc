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

std::string NameOf(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

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

class TenantBook::Wanted {
 public:
  void Add(const TenantReading& reading) {
    if (reading.name) tenants_.insert(reading.name->name);
    for (const LocatedName& claim : reading.claims) domains_.insert(claim.name);
  }
  bool empty() const { return tenants_.empty() && domains_.empty(); }
  bool Concerns(const Tenant& tenant) const {
    const auto names = ClaimedNames(tenant);
    return tenants_.contains(tenant.name) ||
           std::any_of(names.begin(), names.end(), [this](const auto& name) {
             return domains_.contains(name);
           });
  }

 private:
  std::set<std::string> tenants_;
  std::set<std::string> domains_;
};

TenantBook::TenantBook(const Settings& settings, NameClaims edge_names)
    : folder_(settings.tenants_folder),
      folder_setting_(settings.tenants_place),
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
  const auto files = ListFolder(/*force=*/false, &changes);
  if (!files) return changes;
  const std::span all(*files);
  for (std::size_t i = 0; i < all.size(); i += kBatch) {
    const auto batch = all.subspan(i, std::min(kBatch, all.size() - i));
    Accept(ReadFiles(batch, AroundAt(now, depth), threads), {}, &changes);
  }
  if (depth != ReadingDepth::kSettings) return changes;
  for (const auto& file : *files) unaudited_.push_back(NameOf(file));
  return changes;
}

TenantChanges TenantBook::Sweep(UnixTime now, const ClearanceOf& clearance,
                                bool force) {
  TenantChanges changes;
  const auto files = ListFolder(force, &changes);
  if (!files) return changes;
  std::set<std::string> renewed;
  for (const auto& file : *files) {
    if (HasChanged(file)) renewed.insert(file);
  }
  for (const auto& [file, state] : files_) {
    if (!std::binary_search(files->begin(), files->end(), file)) {
      renewed.insert(file);
    }
  }
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
  KeepLast(files, &changes);
  Renew(std::move(files), now, clearance, {paths.begin(), paths.end()},
        &changes);
  return changes;
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
    changes->renewed.insert(changes->renewed.end(), files.begin(), files.end());
    std::vector<FileReading> reads;
    std::vector<std::string> gone;
    Wanted wanted;
    for (const auto& file : files) {
      waiting_.Forget(file);
      if (IsGone(file)) {
        gone.push_back(file);
        continue;
      }
      reads.push_back(ReadFile(file, AroundAt(now, ReadingDepth::kMaterial)));
      const auto kind = Clear(reads.back(), clearance, touched);
      if (kind == Clearance::Kind::kGranted) continue;
      wanted.Add(reads.back().reading);
      (kind == Clearance::Kind::kUnknown ? changes->unknown
                                         : changes->contradicted)
          .push_back(file);
      if (kind == Clearance::Kind::kUnknown) reads.pop_back();
    }
    Postpone(wanted, reads, gone, changes);
    Accept(std::move(reads), gone, changes);
    files = std::exchange(freed_, {});
  }
}

// What a file gives up is kept as long as another that wants it may not have it
// for its certificates' sake: a tenant that moves from file to file is never
// without one.
void TenantBook::Postpone(const Wanted& wanted, std::vector<FileReading>& reads,
                          std::vector<std::string>& gone,
                          TenantChanges* changes) {
  if (wanted.empty()) return;
  const auto gives_up = [&](const std::string& file) {
    const auto known = files_.find(file);
    const bool concerns = known != files_.end() && known->second.tenant &&
                          wanted.Concerns(*known->second.tenant);
    if (concerns) changes->unknown.push_back(file);
    return concerns;
  };
  std::erase_if(gone, gives_up);
  std::erase_if(reads, [&](const FileReading& read) {
    return read.log.ok() && gives_up(read.file);
  });
}

// Whether what the file points to may be served as far as the DNS goes. What
// stays, stays as it is, loaded or not, and needs no leave.
Clearance::Kind TenantBook::Clear(FileReading& read,
                                  const ClearanceOf& clearance,
                                  const std::set<std::string>& touched) {
  auto& reading = read.reading;
  if (reading.tenant == nullptr) return Clearance::Kind::kGranted;
  if (const Tenant* before = KeptTenant(read, touched)) {
    reading.tenant->credentials = before->credentials;
    if (before->identity == reading.tenant->identity &&
        before->target == reading.tenant->target) {
      return Clearance::Kind::kGranted;
    }
  }
  if (reading.loaded.empty() || !clearance) return Clearance::Kind::kGranted;
  auto answer = clearance(*reading.tenant, reading.loaded);
  if (answer.kind == Clearance::Kind::kRefused) {
    read.log.Error({}, std::move(answer.why));
  }
  return answer.kind;
}

// The tenant as it was, if its certificates and keys are the ones that are
// served; else null.
const Tenant* TenantBook::KeptTenant(
    const FileReading& read, const std::set<std::string>& touched) const {
  const auto known = files_.find(read.file);
  if (known == files_.end()) return nullptr;
  const Tenant* before = known->second.tenant.get();
  if (before == nullptr || before->credentials == nullptr ||
      read.reading.tenant->credentials == nullptr) {
    return nullptr;
  }
  const auto& old_files = before->credentials->files();
  const auto& files = read.reading.tenant->credentials->files();
  const auto is_kept = [&touched](const CredentialFiles& one,
                                  const CredentialFiles& other) {
    return one == other && one.chain_stamp != 0 && one.key_stamp != 0 &&
           !touched.contains(one.chain) && !touched.contains(one.key);
  };
  const bool kept = std::equal(files.begin(), files.end(), old_files.begin(),
                               old_files.end(), is_kept);
  return kept ? before : nullptr;
}

void TenantBook::SetEdge(std::shared_ptr<const Credential> credential) {
  around_.edge_credential = credential;
  tenants_.SetEdge(SourceOf(std::move(credential)));
  for (const auto& [file, state] : files_) {
    if (state.tenant != nullptr &&
        state.tenant->identity == IdentityMode::kEdgeKey &&
        state.tenant->credentials != nullptr) {
      unaudited_.push_back(NameOf(file));
    }
  }
}

std::vector<ConfigError> TenantBook::Audit(std::size_t most, UnixTime now) {
  TenantChanges changes;
  for (; most > 0 && !unaudited_.empty(); --most) {
    const std::string file = PathOf(folder_, unaudited_.back());
    unaudited_.pop_back();
    const auto known = files_.find(file);
    // Renewed meanwhile, gone, or not served as it stands there.
    if (known == files_.end() || known->second.tenant == nullptr ||
        HasChanged(file) || IsBad(file)) {
      continue;
    }
    Report(ReadFile(file, AroundAt(now, ReadingDepth::kMaterial)).log,
           &changes);
  }
  return std::move(changes.errors);
}

}  // namespace danegate
