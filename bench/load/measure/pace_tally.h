// PaceTally counts how well an even rate was kept: what began late, and what
// never began. Pure.
#pragma once

#include <chrono>
#include <cstdint>

#include "bench/load/measure/histogram.h"
#include "verifier/instant.h"

namespace danegate {

class PaceTally {
 public:
  // Whoever begins later than this after its time has not kept the rate.
  static constexpr std::chrono::milliseconds kLate{20};

  // `delay`: how long after its time it began.
  void OnBegun(Duration delay);
  // Those that were never begun, though their time had come.
  void OnMissed(std::uint64_t count) { missed_ += count; }

  std::uint64_t begun() const { return delays_.count(); }
  std::uint64_t late() const { return late_; }
  std::uint64_t missed() const { return missed_; }
  const Histogram& delays() const { return delays_; }

 private:
  Histogram delays_;
  std::uint64_t late_ = 0;
  std::uint64_t missed_ = 0;
};

}  // namespace danegate
