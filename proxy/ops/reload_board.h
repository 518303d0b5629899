// ReloadBoard shows others what the reloader has made of the files: the tenants
// that are served, and how the files are.
//
// Thread: the reloader's writes; any may read. A lock is held for the time of
// copying a pointer.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "tenants/config/config_error.h"
#include "tenants/tenant_book.h"
#include "tenants/tenant_set.h"

namespace danegate {

// Totals are since the start.
struct ReloadStatus {
  std::uint64_t reloads = 0;  // that changed something
  std::uint64_t added = 0, changed = 0, removed = 0;
  std::uint64_t mistakes = 0;  // that were found in files
  std::size_t files = 0;
  std::size_t audits_left = 0;  // tenants whose certificates are not read yet
  std::chrono::microseconds last_took{0};
  std::map<std::string, std::vector<ConfigError>> problems;  // now, by file
  // Files that wait for the DNS to say whether their certificates fit.
  std::set<std::string> waiting;
};

class ReloadBoard {
 public:
  explicit ReloadBoard(const TenantSet&);

  void Serve(std::shared_ptr<const TenantSet>);
  // All shards have what changed.
  void Count(const TenantChanges&, std::chrono::microseconds took);
  void CountMistakes(const std::vector<ConfigError>&);
  // `edge`: the problems of the edge's own file, at that path.
  void Show(const TenantBook&, const std::string& edge_file,
            const std::vector<ConfigError>& edge,
            const std::set<std::string>& waiting);

  std::shared_ptr<const TenantSet> tenants() const;
  std::shared_ptr<const ReloadStatus> status() const;

 private:
  ReloadStatus totals_;
  mutable std::mutex mutex_;  // of what follows
  std::shared_ptr<const TenantSet> tenants_;
  std::shared_ptr<const ReloadStatus> status_;
};

}  // namespace danegate
