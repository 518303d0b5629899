#include "proxy/shard/health/backend_health.h"

#include <functional>

namespace danegate {

BackendHealth::BackendHealth() : table_(std::make_unique<Bucket[]>(kBuckets)) {}

std::uint64_t BackendHealth::TagOf(const std::string& key) {
  const std::uint64_t tag = std::hash<std::string>()(key);
  return tag == 0 ? 1 : tag;
}

bool BackendHealth::IsDown(const HealthTarget& target) const {
  const std::uint64_t tag = TagOf(target.Key());
  for (const auto& slot : BucketOf(tag).tags) {
    if (slot.load(std::memory_order_relaxed) == tag) return true;
  }
  return false;
}

std::vector<DownBackend> BackendHealth::ListDown() const {
  const std::lock_guard lock(names_lock_);
  std::vector<DownBackend> list;
  for (const auto& [key, down] : names_) list.push_back(down);
  return list;
}

void BackendHealth::SetDown(const DownBackend& down) {
  const std::string key = down.target.Key();
  {
    const std::lock_guard lock(names_lock_);
    names_.insert_or_assign(key, down);
  }
  if (IsDown(down.target)) return;
  const std::uint64_t tag = TagOf(key);
  for (auto& slot : BucketOf(tag).tags) {
    if (slot.load(std::memory_order_relaxed) != 0) continue;
    slot.store(tag, std::memory_order_relaxed);
    return;
  }
}

void BackendHealth::SetUp(const HealthTarget& target) {
  const std::string key = target.Key();
  {
    const std::lock_guard lock(names_lock_);
    names_.erase(key);
  }
  const std::uint64_t tag = TagOf(key);
  for (auto& slot : BucketOf(tag).tags) {
    if (slot.load(std::memory_order_relaxed) != tag) continue;
    slot.store(0, std::memory_order_relaxed);
  }
}

}  // namespace danegate
