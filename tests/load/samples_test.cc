#include "bench/load/measure/samples.h"

#include <gtest/gtest.h>

#include <chrono>

namespace danegate {
namespace {

using std::chrono::milliseconds;

Instant At(int ms) { return Instant{milliseconds(5000 + ms)}; }

TEST(Samples, AreNotDueBeforeTheBeginning) {
  EXPECT_FALSE(Samples().IsDue(At(0)));
}

TEST(Samples, AreDueEveryTenthOfASecond) {
  Samples samples;
  samples.Begin(At(0));
  EXPECT_FALSE(samples.IsDue(At(99)));
  EXPECT_TRUE(samples.IsDue(At(100)));
  samples.Add(At(130), 7);
  EXPECT_FALSE(samples.IsDue(At(229)));
  EXPECT_TRUE(samples.IsDue(At(230)));
}

TEST(Samples, CountFromTheBeginning) {
  Samples samples;
  samples.Begin(At(0));
  samples.Add(At(130), 7);
  ASSERT_EQ(samples.all().size(), 2u);
  EXPECT_EQ(samples.all()[0].at, milliseconds(0));
  EXPECT_EQ(samples.all()[0].count, 0u);
  EXPECT_EQ(samples.all()[1].at, milliseconds(130));
  EXPECT_EQ(samples.all()[1].count, 7u);
}

TEST(Samples, OfALongRunAreFewAndEvenlyApart) {
  Samples samples;
  samples.Begin(At(0));
  int last = 0;
  for (int ms = 1; ms < 1'000'000; ++ms) {
    if (!samples.IsDue(At(ms))) continue;
    samples.Add(At(ms), static_cast<std::uint64_t>(ms));
    last = ms;
  }
  const auto& all = samples.all();
  EXPECT_LE(all.size(), Samples::kMost);
  EXPECT_GT(all.size(), Samples::kMost / 4);
  EXPECT_EQ(all.front().count, 0u);
  EXPECT_EQ(all.back().at, milliseconds(last));
  const Duration apart = all[1].at - all[0].at;
  for (std::size_t i = 1; i + 1 < all.size(); ++i) {
    ASSERT_LE(all[i].at - all[i - 1].at, apart) << i;
    ASSERT_EQ(all[i].at, milliseconds(all[i].count)) << i;
  }
}

}  // namespace
}  // namespace danegate
