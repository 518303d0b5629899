#include "proxy/net/deadline_wheel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

namespace danegate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Instant At(milliseconds since) { return Instant{since}; }

class DeadlineWheelTest : public testing::Test {
 protected:
  DeadlineWheel wheel_{At(milliseconds(0))};
};

TEST_F(DeadlineWheelTest, NothingFiresEarlyAndAllWithinATick) {
  Deadline deadline(7);
  wheel_.Set(deadline, At(milliseconds(1050)));
  EXPECT_TRUE(wheel_.TakeDue(At(milliseconds(1049))).empty());
  EXPECT_EQ(wheel_.TakeDue(At(milliseconds(1150))),
            std::vector<std::uint64_t>{7});
  EXPECT_TRUE(wheel_.empty());
}

TEST_F(DeadlineWheelTest, ADeadlineInThePastFiresInTheNextTick) {
  wheel_.TakeDue(At(seconds(10)));
  Deadline deadline(1);
  wheel_.Set(deadline, At(seconds(1)));
  EXPECT_EQ(wheel_.TakeDue(At(milliseconds(10100))).size(), 1U);
}

TEST_F(DeadlineWheelTest, ADeadlineBeyondOneTurnWaitsForItsOwn) {
  Deadline deadline(1);
  wheel_.Set(deadline, At(seconds(200)));
  for (int second = 1; second < 200; ++second) {
    EXPECT_TRUE(wheel_.TakeDue(At(seconds(second))).empty()) << second;
  }
  EXPECT_EQ(wheel_.TakeDue(At(milliseconds(200100))).size(), 1U);
}

TEST_F(DeadlineWheelTest, AfterALongSleepEverythingDueFiresOnce) {
  Deadline near(1), far(2), later(3);
  wheel_.Set(near, At(seconds(1)));
  wheel_.Set(far, At(seconds(120)));
  wheel_.Set(later, At(seconds(1000)));
  auto due = wheel_.TakeDue(At(seconds(500)));
  std::sort(due.begin(), due.end());
  EXPECT_EQ(due, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(wheel_.size(), 1U);
}

TEST_F(DeadlineWheelTest, NeverCancelsAndSoDoesDestruction) {
  Deadline deadline(1);
  wheel_.Set(deadline, At(seconds(1)));
  wheel_.Set(deadline, Instant::Never());
  EXPECT_FALSE(deadline.armed());
  {
    Deadline gone(2);
    wheel_.Set(gone, At(seconds(1)));
  }
  EXPECT_TRUE(wheel_.empty());
}

// A model: after each random step the wheel fires what a plain list says.
TEST_F(DeadlineWheelTest, AgreesWithAPlainListOverRandomSteps) {
  std::mt19937 random(1);
  std::vector<std::unique_ptr<Deadline>> deadlines;
  for (std::uint64_t id = 0; id < 100; ++id) {
    deadlines.push_back(std::make_unique<Deadline>(id));
  }
  auto now = milliseconds(0);
  for (int step = 0; step < 5000; ++step) {
    Deadline& chosen = *deadlines[random() % deadlines.size()];
    wheel_.Set(chosen, At(now + milliseconds(random() % 120000)));
    now += milliseconds(random() % 700);
    const auto due = wheel_.TakeDue(At(now));
    const auto limit = At(now - 2 * DeadlineWheel::kTick);
    for (const auto& deadline : deadlines) {
      EXPECT_TRUE(!deadline->armed() || deadline->at() > limit) << step;
    }
    for (const std::uint64_t id : due) EXPECT_FALSE(deadlines[id]->armed());
  }
}

}  // namespace
}  // namespace danegate
