#include "bench/load/measure/pacer.h"

#include <gtest/gtest.h>

#include <chrono>

namespace danegate {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr Instant kBegin{hours(1)};

TEST(Pacer, TheFirstIsDueAtOnceAndTheNextAfterItsShare) {
  Pacer pacer(500, kBegin);
  EXPECT_EQ(pacer.Take(kBegin), nanoseconds(0));
  EXPECT_FALSE(pacer.Take(kBegin + (milliseconds(2) - nanoseconds(1))));
  EXPECT_EQ(pacer.Take(kBegin + milliseconds(2)), nanoseconds(0));
}

TEST(Pacer, WhoComesLateIsToldAndGetsAllThatWereMissed) {
  Pacer pacer(1000, kBegin);
  const Instant now = kBegin + milliseconds(3);
  EXPECT_EQ(pacer.Take(now), milliseconds(3));
  EXPECT_EQ(pacer.Take(now), milliseconds(2));
  EXPECT_EQ(pacer.Take(now), milliseconds(1));
  EXPECT_EQ(pacer.Take(now), milliseconds(0));
  EXPECT_FALSE(pacer.Take(now));
}

TEST(Pacer, NoErrorAddsUp) {
  Pacer pacer(3, kBegin);
  for (int i = 0; i < 3 * 3600; ++i) pacer.Take(kBegin + hours(2));
  EXPECT_FALSE(pacer.Take(kBegin + (hours(1) - nanoseconds(1))));
  EXPECT_EQ(pacer.Take(kBegin + hours(1)), nanoseconds(0));
}

TEST(Pacer, CountsThoseThatWereDueAndNotTaken) {
  Pacer pacer(30, kBegin);
  EXPECT_EQ(pacer.CountMissed(kBegin), 0u);
  EXPECT_EQ(pacer.CountMissed(kBegin + nanoseconds(1)), 1u);
  EXPECT_EQ(pacer.CountMissed(kBegin + milliseconds(100)), 3u);
  pacer.Take(kBegin);
  EXPECT_EQ(pacer.CountMissed(kBegin + milliseconds(100)), 2u);
  pacer.Take(kBegin + milliseconds(200));
  pacer.Take(kBegin + milliseconds(200));
  pacer.Take(kBegin + milliseconds(200));
  EXPECT_EQ(pacer.CountMissed(kBegin + milliseconds(100)), 0u);
}

TEST(Pacer, ARateBelowOneIsARate) {
  Pacer pacer(0.5, kBegin);
  EXPECT_TRUE(pacer.Take(kBegin));
  EXPECT_FALSE(pacer.Take(kBegin + milliseconds(1999)));
  EXPECT_TRUE(pacer.Take(kBegin + milliseconds(2000)));
}

}  // namespace
}  // namespace danegate
