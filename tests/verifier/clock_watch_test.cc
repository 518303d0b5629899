// Jumps of the wall clock (E5).
#include "verifier/clock_watch.h"

#include <gtest/gtest.h>

namespace danegate {
namespace {

using std::chrono::seconds;

Now At(int monotonic, int wall) {
  return {Instant{seconds(monotonic)}, UnixTime{1'800'000'000 + wall}};
}

TEST(ClockWatch, E5_ClocksThatGoTogetherHaveNotJumped) {
  ClockWatch watch;
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(watch.HasJumped(At(i, i + i % 2)));
  }
}

TEST(ClockWatch, E5_AClockThatIsSetHasJumpedOnce) {
  for (const int by : {3600, -3600, 5, -5}) {
    ClockWatch watch;
    EXPECT_FALSE(watch.HasJumped(At(1, 1)));
    EXPECT_TRUE(watch.HasJumped(At(2, 2 + by)));
    EXPECT_FALSE(watch.HasJumped(At(3, 3 + by)));
  }
}

// Nor does a slow drift add up unnoticed.
TEST(ClockWatch, E5_ADriftIsNoticedOnceItIsLarge) {
  ClockWatch watch;
  int jumps = 0;
  for (int i = 0; i < 10; ++i) jumps += watch.HasJumped(At(60 * i, 61 * i));
  EXPECT_EQ(jumps, 3);
}

}  // namespace
}  // namespace danegate
