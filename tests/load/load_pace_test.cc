#include "bench/load/load_pace.h"

#include <gtest/gtest.h>

#include <chrono>

namespace danegate {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr Instant kBegin{hours(1)};

// How many may begin at once.
int TakeAll(LoadPace& pace, Instant now) {
  int taken = 0;
  while (pace.Take(now)) ++taken;
  return taken;
}

TEST(LoadPace, AClosedLoopBeginsTheNextWhenOneIsOver) {
  LoadPace pace({{}, 2, 4, {}}, kBegin);
  EXPECT_EQ(TakeAll(pace, kBegin), 2);
  EXPECT_EQ(TakeAll(pace, kBegin + hours(1)), 0);
  pace.OnOver();
  EXPECT_EQ(pace.Take(kBegin + hours(1)), nanoseconds(0));
  EXPECT_FALSE(pace.Take(kBegin + hours(1)));
}

TEST(LoadPace, ANumberIsOverWhenItsLastOneIs) {
  LoadPace pace({{}, 8, 2, {}}, kBegin);
  EXPECT_FALSE(pace.IsOver(kBegin));
  EXPECT_EQ(TakeAll(pace, kBegin), 2);
  pace.OnOver();
  EXPECT_FALSE(pace.IsOver(kBegin));
  pace.OnOver();
  EXPECT_TRUE(pace.IsOver(kBegin));
  EXPECT_FALSE(pace.Take(kBegin));
}

TEST(LoadPace, ATimeIsOverForThoseThatHaveNotBegun) {
  LoadPace pace({{}, 1, {}, seconds(1)}, kBegin);
  const Instant end = kBegin + seconds(1);
  EXPECT_TRUE(pace.Take(kBegin + (seconds(1) - nanoseconds(1))));
  EXPECT_FALSE(pace.IsOver(end));
  pace.OnOver();
  EXPECT_FALSE(pace.Take(end));
  EXPECT_TRUE(pace.IsOver(end));
}

TEST(LoadPace, ARateBeginsWhateverBecomesOfThoseBefore) {
  LoadPace pace({100, 1000, {}, seconds(1)}, kBegin);
  EXPECT_EQ(TakeAll(pace, kBegin), 1);
  EXPECT_EQ(pace.Take(kBegin + milliseconds(25)), milliseconds(15));
  EXPECT_EQ(pace.Take(kBegin + milliseconds(25)), milliseconds(5));
  EXPECT_FALSE(pace.Take(kBegin + milliseconds(25)));
}

TEST(LoadPace, ARateWaitsWhereTooManyAreUnderWay) {
  LoadPace pace({100, 2, {}, {}}, kBegin);
  EXPECT_EQ(TakeAll(pace, kBegin + seconds(1)), 2);
  pace.OnOver();
  EXPECT_EQ(pace.Take(kBegin + seconds(1)), milliseconds(980));
}

TEST(LoadPace, WhatARateHadDueInItsTimeWasMissed) {
  LoadPace pace({100, 10, {}, seconds(1)}, kBegin);
  EXPECT_EQ(TakeAll(pace, kBegin + milliseconds(500)), 10);
  EXPECT_EQ(pace.CountMissed(), 90u);
}

TEST(LoadPace, NoMoreWereMissedThanTheNumberHasLeft) {
  LoadPace pace({100, 10, 12, seconds(1)}, kBegin);
  EXPECT_EQ(TakeAll(pace, kBegin + milliseconds(500)), 10);
  EXPECT_EQ(pace.CountMissed(), 2u);
}

TEST(LoadPace, NothingBeginsAfterTheEndAndNothingWasMissed) {
  LoadPace pace({100, 10, {}, seconds(1)}, kBegin);
  EXPECT_TRUE(pace.Take(kBegin));
  pace.End();
  EXPECT_FALSE(pace.Take(kBegin + milliseconds(500)));
  EXPECT_FALSE(pace.IsOver(kBegin));
  pace.OnOver();
  EXPECT_TRUE(pace.IsOver(kBegin));
  EXPECT_EQ(pace.CountMissed(), 0u);
}

TEST(LoadPace, AClosedLoopMissesNothing) {
  LoadPace pace({{}, 1, {}, seconds(1)}, kBegin);
  EXPECT_TRUE(pace.Take(kBegin));
  EXPECT_EQ(pace.CountMissed(), 0u);
}

}  // namespace
}  // namespace danegate
