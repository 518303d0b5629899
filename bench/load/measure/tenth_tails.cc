#include "bench/load/measure/tenth_tails.h"

namespace danegate {

void TenthTails::Add(std::chrono::nanoseconds time, Instant now) {
  if (!end_) end_ = now + kTenth;
  if (now >= *end_) {
    if (tenth_.count() >= kLeast) p99s_.Add(tenth_.Percentile(99));
    tenth_ = {};
    end_ = now + kTenth;
  }
  tenth_.Add(time);
}

}  // namespace danegate
