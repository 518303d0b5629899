#include "proxy/shard/health/health_schedule.h"

#include <algorithm>

#include "verifier/check.h"

namespace danegate {

HealthSchedule::HealthSchedule(std::function<std::uint64_t()> random)
    : random_(std::move(random)) {}

std::vector<HealthTarget> HealthSchedule::Watch(
    std::vector<HealthTarget> targets, Instant now) {
  std::map<std::string, Watched> before = std::exchange(targets_, {});
  due_.clear();
  down_due_.clear();
  for (HealthTarget& target : targets) {
    std::string key = target.Key();
    Watched watched{std::move(target), now};
    if (const auto known = before.find(key); known != before.end()) {
      watched = std::move(known->second);
      before.erase(known);
    }
    if (watched.due != Instant::Never()) {
      DueLike(watched).emplace(watched.due, key);
    }
    targets_.emplace(std::move(key), std::move(watched));
  }
  std::vector<HealthTarget> gone;
  for (auto& [key, watched] : before) {
    if (watched.down) gone.push_back(std::move(watched.target));
  }
  return gone;
}

std::optional<HealthTarget> HealthSchedule::Begin(Instant now) {
  const auto is_due = [now](const Due& due) {
    return !due.empty() && due.begin()->first <= now;
  };
  if (under_way_ >= kMostAtOnce) return std::nullopt;
  const bool down = !is_due(due_);
  if (down &&
      (!is_due(down_due_) || down_under_way_.size() >= kMostDownAtOnce)) {
    return std::nullopt;
  }
  Due& due = down ? down_due_ : due_;
  const std::string key = std::move(due.extract(due.begin()).value().second);
  Watched& watched = targets_.at(key);
  watched.due = Instant::Never();
  ++under_way_;
  if (down) down_under_way_.insert(key);
  return watched.target;
}

HealthSchedule::Change HealthSchedule::OnResult(const HealthTarget& target,
                                                bool works, Instant now) {
  const std::string key = target.Key();
  EndCheck(key);
  const auto found = targets_.find(key);
  // It may have left the list and come back meanwhile, and is due then.
  if (found == targets_.end()) return Change::kNone;
  Watched& watched = found->second;
  const bool was_due = watched.due != Instant::Never();
  if (was_due) DueLike(watched).erase({watched.due, key});
  watched.failures = works ? 0 : watched.failures + 1;
  const bool was_down = watched.down;
  watched.down = !works && (was_down || watched.failures >= kFailuresToDown);
  if (!was_due) watched.due = Next(now, PeriodOf(watched));
  DueLike(watched).emplace(watched.due, key);
  if (watched.down == was_down) return Change::kNone;
  return works ? Change::kUp : Change::kDown;
}

void HealthSchedule::EndCheck(const std::string& key) {
  DANEGATE_CHECK(under_way_ > 0);
  --under_way_;
  const auto down = down_under_way_.find(key);
  if (down != down_under_way_.end()) down_under_way_.erase(down);
}

// Of one that is down: 10, 20, 40, 60, 60, … seconds.
std::chrono::milliseconds HealthSchedule::PeriodOf(const Watched& watched) {
  std::chrono::seconds period = kPeriod;
  for (std::size_t failures = kFailuresToDown;
       failures < watched.failures && period < kLongestPeriod; ++failures) {
    period = std::min(2 * period, kLongestPeriod);
  }
  return period;
}

// The period * 0.9 to 1.1.
Instant HealthSchedule::Next(Instant now, std::chrono::milliseconds period) {
  const auto jitter = static_cast<std::int64_t>(
      random_() % static_cast<std::uint64_t>(period.count() / 5));
  return now + (period * 9 / 10 + std::chrono::milliseconds(jitter));
}

}  // namespace danegate
