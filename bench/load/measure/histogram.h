// Histogram counts times, rounded up to the microsecond, in buckets that grow
// with the time: what it says is exact to the microsecond below 256 us and to
// 0.8 % above, at 26 KB for any number of them. Pure.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace danegate {

class Histogram {
 public:
  // Longer ones count as this one: 71 minutes.
  static constexpr std::chrono::microseconds kLongest{(std::uint64_t{1} << 32) -
                                                      1};

  // Negative ones count as zero.
  void Add(std::chrono::nanoseconds);

  std::uint64_t count() const { return count_; }
  // The longest that was added.
  std::chrono::microseconds max() const { return max_; }
  // So many percent were not longer. Never understates; zero if there are none.
  // REQUIRES: 0 <= percent <= 100.
  std::chrono::microseconds Percentile(double percent) const;

 private:
  // Values below 2 * kHalf have a bucket each; from there on every doubling has
  // kHalf of them.
  static constexpr std::uint64_t kHalf = 128;
  static constexpr std::size_t kDoublings = 24;
  static constexpr std::size_t kBuckets = 2 * kHalf + kDoublings * kHalf;

  static std::size_t BucketOf(std::uint64_t value);
  // The largest value of the bucket.
  static std::uint64_t EndOf(std::size_t bucket);

  std::array<std::uint64_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  std::chrono::microseconds max_{0};
};

}  // namespace danegate
