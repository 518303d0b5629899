#include "bench/load/measure/tenth_tails.h"

#include <gtest/gtest.h>

#include <chrono>

namespace danegate {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

Instant At(int ms) { return Instant{milliseconds(5000 + ms)}; }

// A thousand times in the tenth that begins then, `slow` of them of 4 ms.
void AddTenth(TenthTails& tails, int begin_ms, int slow) {
  for (int i = 0; i < 1000; ++i) {
    const microseconds time = i < slow ? milliseconds(4) : microseconds(50);
    tails.Add(time, At(begin_ms + i / 10));
  }
}

TEST(TenthTails, HaveNoneOfATenthThatGoesOn) {
  TenthTails tails;
  AddTenth(tails, 0, 0);
  EXPECT_EQ(tails.p99s().count(), 0u);
  tails.Add(microseconds(1), At(100));
  EXPECT_EQ(tails.p99s().count(), 1u);
  EXPECT_EQ(tails.p99s().max(), microseconds(50));
}

TEST(TenthTails, KeepAPauseToItsTenth) {
  TenthTails tails;
  for (int tenth = 0; tenth < 10; ++tenth) {
    AddTenth(tails, 100 * tenth, tenth == 3 ? 500 : 0);
  }
  tails.Add(microseconds(1), At(1000));
  EXPECT_EQ(tails.p99s().count(), 10u);
  EXPECT_EQ(tails.p99s().Percentile(90), microseconds(50));
  EXPECT_EQ(tails.p99s().max(), milliseconds(4));
}

TEST(TenthTails, SayWhatIsSlowInEveryTenth) {
  TenthTails tails;
  for (int tenth = 0; tenth < 10; ++tenth) AddTenth(tails, 100 * tenth, 11);
  tails.Add(microseconds(1), At(1000));
  EXPECT_EQ(tails.p99s().Percentile(10), milliseconds(4));
}

TEST(TenthTails, LeaveOutATenthOfTooFew) {
  TenthTails tails;
  for (int i = 0; i < 99; ++i) tails.Add(microseconds(50), At(i));
  tails.Add(microseconds(50), At(100));
  EXPECT_EQ(tails.p99s().count(), 0u);
  for (int i = 0; i < 99; ++i) tails.Add(microseconds(50), At(101 + i));
  tails.Add(microseconds(1), At(700));
  EXPECT_EQ(tails.p99s().count(), 1u);
}

}  // namespace
}  // namespace danegate
