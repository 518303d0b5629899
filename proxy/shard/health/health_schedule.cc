#include "proxy/shard/health/health_schedule.h"

#include "verifier/check.h"

namespace danegate {

HealthSchedule::HealthSchedule(std::function<std::uint64_t()> random)
    : random_(std::move(random)) {}

std::vector<HealthTarget> HealthSchedule::Watch(
    std::vector<HealthTarget> targets, Instant now) {
  std::map<std::string, Watched> before = std::exchange(targets_, {});
  due_.clear();
  for (HealthTarget& target : targets) {
    std::string key = target.Key();
    Watched watched{std::move(target), now};
    if (const auto known = before.find(key); known != before.end()) {
      watched = std::move(known->second);
      before.erase(known);
    }
    if (watched.due != Instant::Never()) due_.emplace(watched.due, key);
    targets_.emplace(std::move(key), std::move(watched));
  }
  std::vector<HealthTarget> gone;
  for (auto& [key, watched] : before) {
    if (watched.down) gone.push_back(std::move(watched.target));
  }
  return gone;
}

std::optional<HealthTarget> HealthSchedule::Begin(Instant now) {
  if (under_way_ >= kMostAtOnce || due_.empty()) return std::nullopt;
  const auto first = due_.begin();
  if (now < first->first) return std::nullopt;
  Watched& watched = targets_.at(first->second);
  due_.erase(first);
  watched.due = Instant::Never();
  ++under_way_;
  return watched.target;
}

HealthSchedule::Change HealthSchedule::OnResult(const HealthTarget& target,
                                                bool works, Instant now) {
  DANEGATE_CHECK(under_way_ > 0);
  --under_way_;
  const auto found = targets_.find(target.Key());
  // It may have left the list and come back meanwhile, and is due then.
  if (found == targets_.end()) return Change::kNone;
  Watched& watched = found->second;
  if (watched.due == Instant::Never()) {
    watched.due = Next(now);
    due_.emplace(watched.due, found->first);
  }
  watched.failures = works ? 0 : watched.failures + 1;
  if (works == !watched.down) return Change::kNone;
  if (!works && watched.failures < kFailuresToDown) return Change::kNone;
  watched.down = !works;
  return works ? Change::kUp : Change::kDown;
}

// kPeriod * 0.9 to 1.1.
Instant HealthSchedule::Next(Instant now) {
  constexpr std::chrono::milliseconds kPeriodMs(kPeriod);
  const auto jitter = static_cast<std::int64_t>(
      random_() % static_cast<std::uint64_t>(kPeriodMs.count() / 5));
  return now + (kPeriodMs * 9 / 10 + std::chrono::milliseconds(jitter));
}

}  // namespace danegate
