#include "proxy/shard/health/recent_failures.h"

#include <algorithm>

namespace danegate {

void RecentFailures::Note(const std::string& backend, Instant now) {
  if (until_.size() >= kMost) Forget(now);
  until_[backend] = now + kMemory;
}

bool RecentFailures::Has(const std::string& backend, Instant now) const {
  const auto found = until_.find(backend);
  return found != until_.end() && now < found->second;
}

void RecentFailures::Forget(Instant now) {
  std::erase_if(until_,
                [now](const auto& entry) { return entry.second <= now; });
  if (until_.size() < kMost) return;
  until_.erase(std::min_element(
      until_.begin(), until_.end(),
      [](const auto& a, const auto& b) { return a.second < b.second; }));
}

}  // namespace danegate
