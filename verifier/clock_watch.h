// ClockWatch notices that the wall clock has jumped: it was set, or the machine
// slept (E5). Whoever keeps something that was judged by the wall clock, under
// a deadline of the monotonic one, judges it anew then. Pure. Thread: one
// owner.
#pragma once

#include <chrono>
#include <optional>

#include "verifier/instant.h"

namespace danegate {

class ClockWatch {
 public:
  // Less is a clock that is being steered.
  static constexpr std::chrono::seconds kJump{3};

  // True if the two clocks have gone apart by kJump since the last call.
  bool HasJumped(Now now) {
    const auto apart =
        std::chrono::seconds(now.wall.seconds) -
        std::chrono::floor<std::chrono::seconds>(now.monotonic.since_start);
    const auto before = apart_.value_or(apart);
    if (apart - before < kJump && before - apart < kJump) {
      if (!apart_) apart_ = apart;
      return false;
    }
    apart_ = apart;
    return true;
  }

 private:
  std::optional<std::chrono::seconds> apart_;
};

}  // namespace danegate
