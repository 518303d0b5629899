#include "bench/load/measure/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace danegate {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(Histogram, SaysZeroWhereThereIsNothing) {
  EXPECT_EQ(Histogram().Percentile(50), microseconds(0));
  EXPECT_EQ(Histogram().max(), microseconds(0));
}

TEST(Histogram, IsExactForShortTimes) {
  Histogram times;
  for (int i = 1; i <= 100; ++i) times.Add(microseconds(i));
  EXPECT_EQ(times.Percentile(0), microseconds(1));
  EXPECT_EQ(times.Percentile(50), microseconds(50));
  EXPECT_EQ(times.Percentile(99), microseconds(99));
  EXPECT_EQ(times.Percentile(99.9), microseconds(100));
  EXPECT_EQ(times.Percentile(100), microseconds(100));
}

TEST(Histogram, AMicrosecondThatHasBegunCountsAsAWholeOne) {
  const struct {
    int ns, us;
  } cases[] = {{0, 0}, {1, 1}, {999, 1}, {1000, 1}, {1001, 2}, {250001, 251}};
  for (const auto& one : cases) {
    Histogram times;
    times.Add(std::chrono::nanoseconds(one.ns));
    EXPECT_EQ(times.max(), microseconds(one.us)) << one.ns;
    EXPECT_EQ(times.Percentile(50), microseconds(one.us)) << one.ns;
  }
}

// Against the sorted list, over all the doublings.
TEST(Histogram, NeverUnderstatesAndOverstatesByLessThanAPercent) {
  Histogram times;
  std::vector<microseconds> all;
  for (double value = 1; value < 4e9; value *= 1.003) {
    all.push_back(microseconds(static_cast<std::int64_t>(value)));
    times.Add(all.back());
  }
  for (double percent = 0.1; percent < 100; percent += 0.1) {
    const auto rank = static_cast<std::size_t>(
        std::ceil(static_cast<double>(all.size()) * percent / 100));
    const microseconds exact = all[std::max<std::size_t>(rank, 1) - 1];
    const microseconds said = times.Percentile(percent);
    EXPECT_GE(said, exact) << percent;
    EXPECT_LE(static_cast<double>(said.count()),
              static_cast<double>(exact.count()) * 1.01)
        << percent;
  }
}

TEST(Histogram, NoPercentileIsBeyondTheLongest) {
  Histogram times;
  times.Add(milliseconds(1001));
  EXPECT_EQ(times.Percentile(50), milliseconds(1001));
  EXPECT_EQ(times.max(), milliseconds(1001));
}

TEST(Histogram, TakesWhateverComes) {
  Histogram times;
  times.Add(std::chrono::nanoseconds(-1));
  times.Add(std::chrono::hours(2));
  EXPECT_EQ(times.count(), 2u);
  EXPECT_EQ(times.Percentile(50), microseconds(0));
  EXPECT_EQ(times.Percentile(100), Histogram::kLongest);
}

}  // namespace
}  // namespace danegate
