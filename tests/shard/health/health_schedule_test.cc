#include "proxy/shard/health/health_schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace danegate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Change = HealthSchedule::Change;

HealthTarget Target(std::uint16_t port) {
  return {.host = "10.0.3.7", .port = port};
}

class HealthScheduleTest : public testing::Test {
 protected:
  // The next check is done at once.
  Change Check(bool works) {
    const auto target = schedule_.Begin(now_);
    EXPECT_TRUE(target.has_value());
    return schedule_.OnResult(target.value_or(Target(0)), works, now_);
  }
  void Wait(Duration time) { now_ = now_ + time; }

  std::uint64_t drawn_ = 1000;  // of 2000: no jitter
  HealthSchedule schedule_{[this] { return drawn_; }};
  Instant now_{seconds(100)};
};

TEST_F(HealthScheduleTest, EachIsCheckedAtOnceAndThenEveryTenSeconds) {
  schedule_.Watch({Target(1), Target(2)}, now_);
  EXPECT_EQ(Check(true), Change::kNone);
  EXPECT_EQ(Check(true), Change::kNone);
  EXPECT_FALSE(schedule_.Begin(now_ + milliseconds(9999)).has_value());
  Wait(seconds(10));
  EXPECT_EQ(schedule_.Begin(now_)->port, 1);
  EXPECT_EQ(schedule_.Begin(now_)->port, 2);
  EXPECT_FALSE(schedule_.Begin(now_ + seconds(60)).has_value());
}

TEST_F(HealthScheduleTest, ThePeriodVariesByATenth) {
  schedule_.Watch({Target(1)}, now_);
  drawn_ = 0;
  Check(true);
  EXPECT_FALSE(schedule_.Begin(now_ + milliseconds(8999)).has_value());
  Wait(seconds(9));
  drawn_ = 1999;
  Check(true);
  EXPECT_FALSE(schedule_.Begin(now_ + milliseconds(10998)).has_value());
  EXPECT_TRUE(schedule_.Begin(now_ + milliseconds(10999)).has_value());
}

TEST_F(HealthScheduleTest, TwoFailuresAreDownAndOneSuccessIsUp) {
  schedule_.Watch({Target(1)}, now_);
  const std::pair<bool, Change> rows[] = {
      {false, Change::kNone}, {true, Change::kNone},  {false, Change::kNone},
      {false, Change::kDown}, {false, Change::kNone}, {true, Change::kUp},
      {true, Change::kNone},  {false, Change::kNone}, {false, Change::kDown}};
  for (const auto& [works, change] : rows) {
    EXPECT_EQ(Check(works), change);
    Wait(HealthSchedule::kLongestPeriod);
  }
}

TEST_F(HealthScheduleTest, NoMoreThanSixtyFourAreUnderWay) {
  std::vector<HealthTarget> targets;
  for (std::uint16_t port = 1; port <= 100; ++port) {
    targets.push_back(Target(port));
  }
  schedule_.Watch(targets, now_);
  std::vector<HealthTarget> begun;
  while (auto target = schedule_.Begin(now_)) begun.push_back(*target);
  ASSERT_EQ(begun.size(), HealthSchedule::kMostAtOnce);
  schedule_.OnResult(begun[0], true, now_);
  EXPECT_TRUE(schedule_.Begin(now_).has_value());
  EXPECT_FALSE(schedule_.Begin(now_).has_value());
}

TEST_F(HealthScheduleTest, ATargetThatStaysDownIsCheckedLessAndLessOften) {
  drawn_ = 0;  // a tenth less
  schedule_.Watch({Target(1)}, now_);
  Check(false);
  for (const int period : {9, 9, 18, 36, 54, 54}) {
    EXPECT_FALSE(
        schedule_.Begin(now_ + milliseconds(1000 * period - 1)).has_value())
        << period;
    Wait(seconds(period));
    Check(false);
  }
  Wait(seconds(54));
  EXPECT_EQ(Check(true), Change::kUp);
  Wait(seconds(9));
  EXPECT_EQ(Check(true), Change::kNone);
}

// Targets 1 to 1000 are dead, and take all the time that a check has; 1001 to
// 1100 work.
TEST_F(HealthScheduleTest, E12_ManyThatAreDownDelayNoneThatWorks) {
  constexpr std::uint16_t kDead = 1000;
  std::vector<HealthTarget> targets;
  for (std::uint16_t port = 1; port <= kDead + 100; ++port) {
    targets.push_back(Target(port));
  }
  schedule_.Watch(targets, now_);
  std::vector<std::pair<Instant, HealthTarget>> dead;  // and when they end
  std::map<std::uint16_t, Instant> last;
  Duration longest{0};
  const Instant settled = now_ + seconds(300);
  const Instant end = settled + seconds(300);
  for (; now_ < end; Wait(milliseconds(50))) {
    std::erase_if(dead, [this](const auto& check) {
      if (now_ < check.first) return false;
      schedule_.OnResult(check.second, false, now_);
      return true;
    });
    while (const auto target = schedule_.Begin(now_)) {
      if (target->port <= kDead) {
        dead.emplace_back(now_ + seconds(3), *target);
        continue;
      }
      schedule_.OnResult(*target, true, now_);
      if (now_ >= settled && last.contains(target->port)) {
        longest = std::max(longest, now_ - last[target->port]);
      }
      last[target->port] = now_;
    }
    if (now_ >= settled) {
      EXPECT_LE(dead.size(), HealthSchedule::kMostDownAtOnce);
    }
  }
  EXPECT_LE(longest, seconds(11));
  EXPECT_GT(longest, seconds(9));
}

TEST_F(HealthScheduleTest, WhatStaysOnTheListKeepsItsState) {
  schedule_.Watch({Target(1), Target(2)}, now_);
  for (int round = 0; round < 2; ++round) {
    Check(false);
    Check(false);
    Wait(seconds(10));
  }
  const auto gone = schedule_.Watch({Target(2), Target(3)}, now_);
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_EQ(gone[0].port, 1);
  EXPECT_EQ(schedule_.Begin(now_)->port, 3);
  EXPECT_EQ(schedule_.Begin(now_)->port, 2);
  EXPECT_EQ(schedule_.OnResult(Target(2), true, now_), Change::kUp);
}

TEST_F(HealthScheduleTest, AResultOfWhatIsWatchedNoMoreIsIgnored) {
  schedule_.Watch({Target(1)}, now_);
  const auto target = schedule_.Begin(now_);
  ASSERT_TRUE(target.has_value());
  EXPECT_TRUE(schedule_.Watch({}, now_).empty());
  EXPECT_TRUE(schedule_.empty());
  EXPECT_EQ(schedule_.OnResult(*target, false, now_), Change::kNone);
  EXPECT_FALSE(schedule_.Begin(now_ + seconds(60)).has_value());
}

TEST(HealthTarget, WhatTenantsShareIsCheckedOnce) {
  const auto tenant = [](const char* domain, std::vector<HealthCheck> checks) {
    auto made = std::make_shared<Tenant>();
    made->domains.push_back(*Domain::Parse(domain));
    for (const HealthCheck check : checks) {
      Backend backend;
      backend.host = "10.0.3.7";
      backend.health_check = check;
      made->backends.push_back(backend);
    }
    return made;
  };
  const std::vector<std::shared_ptr<const Tenant>> tenants = {
      tenant("a.example", {HealthCheck::kTcp, HealthCheck::kXmpp}),
      tenant("b.example", {HealthCheck::kTcp, HealthCheck::kXmpp}),
      tenant("c.example", {HealthCheck::kOff})};
  std::vector<std::string> keys;
  for (const auto& target : HealthTargetsOf(tenants)) {
    keys.push_back(target.Key());
  }
  EXPECT_EQ(keys, (std::vector<std::string>{
                      "10.0.3.7:5269 starttls off tcp",
                      "10.0.3.7:5269 starttls off xmpp a.example",
                      "10.0.3.7:5269 starttls off xmpp b.example"}));
}

}  // namespace
}  // namespace danegate
