// HealthSchedule says which backend is checked when, and what the results come
// to: two failures in a row are down, one success is up. Every target is
// checked once at first, then every kPeriod, give or take a tenth, so that not
// all edges of a provider ask at the same time.
//
// Many that are down do not delay the others (threats E12): they are checked
// less and less often, kLongestPeriod apart in the end, by no more than
// kMostDownAtOnce checks at a time, and after those that work.
//
// Time and chance are arguments; nothing is connected here. Thread: one owner.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "proxy/shard/health/health_target.h"
#include "verifier/instant.h"

namespace danegate {

class HealthSchedule {
 public:
  static constexpr std::chrono::seconds kPeriod{10};
  static constexpr std::size_t kFailuresToDown = 2;
  // Checks under way at a time.
  static constexpr std::size_t kMostAtOnce = 64;
  // Of these, of targets that are known to be down: each takes all its time.
  static constexpr std::size_t kMostDownAtOnce = kMostAtOnce / 4;
  // Of a target that is down: it begins with kPeriod and doubles.
  static constexpr std::chrono::seconds kLongestPeriod{60};

  enum class Change { kNone, kDown, kUp };

  // `random` gives 64 random bits.
  explicit HealthSchedule(std::function<std::uint64_t()> random);

  // The complete list. Targets that stay keep what is known of them. Returns
  // those that were down and are not watched any more.
  std::vector<HealthTarget> Watch(std::vector<HealthTarget>, Instant now);

  // A check that is due, which thereby is under way; nothing if none is, or too
  // many are under way.
  std::optional<HealthTarget> Begin(Instant now);
  // A check that was begun is over. What it says of a target that is not
  // watched any more is ignored.
  Change OnResult(const HealthTarget&, bool works, Instant now);

  bool empty() const { return targets_.empty(); }

 private:
  struct Watched {
    HealthTarget target;
    Instant due;  // Never() while it is under way
    std::size_t failures = 0;
    bool down = false;
  };

  using Due = std::set<std::pair<Instant, std::string>>;

  static std::chrono::milliseconds PeriodOf(const Watched&);
  Instant Next(Instant now, std::chrono::milliseconds period);
  Due& DueLike(const Watched& watched) {
    return watched.down ? down_due_ : due_;
  }
  void EndCheck(const std::string& key);

  std::function<std::uint64_t()> random_;
  std::map<std::string, Watched> targets_;  // by key
  // Of those that are not under way.
  Due due_;
  Due down_due_;  // of those that are down
  std::size_t under_way_ = 0;
  std::multiset<std::string> down_under_way_;  // those that were down
};

}  // namespace danegate
