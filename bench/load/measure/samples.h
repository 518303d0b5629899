// Samples are how much had been done at which time, for a chart: every tenth of
// a second at first. Bounded: of a long run every second one is left out, over
// and over again, so that those that stay are evenly apart. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "verifier/instant.h"

namespace danegate {

struct Sample {
  Duration at;  // since the beginning
  std::uint64_t count;
};

class Samples {
 public:
  static constexpr std::size_t kMost = 1000;
  static constexpr std::chrono::milliseconds kBetween{100};

  // The first one, of nothing.
  void Begin(Instant now);
  // Whether it is time for the next one; never before Begin().
  bool IsDue(Instant now) const { return now >= next_; }
  // REQUIRES: Begin() was called.
  void Add(Instant now, std::uint64_t count);

  const std::vector<Sample>& all() const { return samples_; }

 private:
  void Thin();

  Instant begin_;
  Instant next_ = Instant::Never();
  Duration between_ = kBetween;
  std::vector<Sample> samples_;
};

}  // namespace danegate
