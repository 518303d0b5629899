// TenthTails counts the 99th percentile of each tenth of a second. A machine
// that pauses for milliseconds once a second, as virtual ones do, decides the
// p99 of a whole run, but only one tenth in ten: the median of these is what a
// server does when nobody takes the processor from it. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "bench/load/measure/histogram.h"
#include "verifier/instant.h"

namespace danegate {

class TenthTails {
 public:
  static constexpr std::chrono::milliseconds kTenth{100};
  // A tenth with fewer times has no 99th percentile, and is left out; so is the
  // last one, which is not complete.
  static constexpr std::uint64_t kLeast = 100;

  // REQUIRES: `now` is not before that of the last call.
  void Add(std::chrono::nanoseconds time, Instant now);

  const Histogram& p99s() const { return p99s_; }

 private:
  std::optional<Instant> end_;  // of this tenth, once there was a time
  Histogram tenth_;
  Histogram p99s_;
};

}  // namespace danegate
