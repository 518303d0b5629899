#include "bench/load/measure/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "verifier/check.h"

namespace danegate {

using std::chrono::microseconds;

std::size_t Histogram::BucketOf(std::uint64_t value) {
  if (value < 2 * kHalf) return value;
  const auto doubling =
      static_cast<std::uint64_t>(std::bit_width(value / (2 * kHalf)));
  return 2 * kHalf + (doubling - 1) * kHalf + (value >> doubling) - kHalf;
}

std::uint64_t Histogram::EndOf(std::size_t bucket) {
  if (bucket < 2 * kHalf) return bucket;
  const std::uint64_t above = bucket - 2 * kHalf;
  const std::uint64_t doubling = above / kHalf + 1;
  return ((above % kHalf + kHalf + 1) << doubling) - 1;
}

void Histogram::Add(std::chrono::nanoseconds time) {
  const auto value = std::clamp(std::chrono::ceil<microseconds>(time),
                                microseconds::zero(), kLongest);
  ++buckets_[BucketOf(static_cast<std::uint64_t>(value.count()))];
  ++count_;
  max_ = std::max(max_, value);
}

microseconds Histogram::Percentile(double percent) const {
  DANEGATE_CHECK(percent >= 0 && percent <= 100);
  const auto wanted = static_cast<std::uint64_t>(
      std::ceil(static_cast<double>(count_) * percent / 100));
  std::uint64_t passed = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    passed += buckets_[i];
    if (passed < wanted || passed == 0) continue;
    return std::min(max_, microseconds(EndOf(i)));
  }
  return max_;
}

}  // namespace danegate
