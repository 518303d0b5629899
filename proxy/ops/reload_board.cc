#include "proxy/ops/reload_board.h"

#include <algorithm>
#include <utility>

namespace danegate {

ReloadBoard::ReloadBoard(const TenantSet& tenants)
    : tenants_(std::make_shared<const TenantSet>(tenants)),
      status_(std::make_shared<const ReloadStatus>()) {}

void ReloadBoard::Serve(std::shared_ptr<const TenantSet> tenants) {
  const std::lock_guard lock(mutex_);
  tenants_.swap(tenants);
}

void ReloadBoard::Count(const TenantChanges& changes,
                        std::chrono::microseconds took) {
  ++totals_.reloads;
  totals_.added += changes.added;
  totals_.changed += changes.changed;
  totals_.removed += changes.removed;
  totals_.last_took = took;
}

void ReloadBoard::CountMistakes(const std::vector<ConfigError>& errors) {
  totals_.mistakes += static_cast<std::uint64_t>(
      std::count_if(errors.begin(), errors.end(),
                    [](const ConfigError& error) { return !error.warning; }));
}

void ReloadBoard::Show(const TenantBook& book, const std::string& edge_file,
                       const std::vector<ConfigError>& edge,
                       const std::set<std::string>& waiting) {
  totals_.files = book.file_count();
  totals_.audits_left = book.audits_left();
  totals_.problems = book.problems();
  if (!edge.empty()) totals_.problems[edge_file] = edge;
  totals_.waiting = waiting;
  auto status = std::make_shared<const ReloadStatus>(totals_);
  const std::lock_guard lock(mutex_);
  status_.swap(status);
}

std::shared_ptr<const TenantSet> ReloadBoard::tenants() const {
  const std::lock_guard lock(mutex_);
  return tenants_;
}

std::shared_ptr<const ReloadStatus> ReloadBoard::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

}  // namespace danegate
