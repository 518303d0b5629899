#include "verifier/rate_limiter.h"

#include <algorithm>

namespace danegate {

bool RateLimiter::Take(const std::string& key, Instant now) {
  if (full_at_.size() >= kMaxKeys && !full_at_.contains(key)) {
    ForgetFull(now);
    if (full_at_.size() >= kMaxKeys) return false;
  }
  Instant& full_at = full_at_.try_emplace(key, now).first->second;
  const Instant taken = std::max(full_at, now) + interval_;
  if (taken > now + burst_ * interval_) return false;
  full_at = taken;
  return true;
}

void RateLimiter::ForgetFull(Instant now) {
  std::erase_if(full_at_,
                [now](const auto& entry) { return entry.second <= now; });
}

}  // namespace danegate
