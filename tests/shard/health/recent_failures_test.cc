#include "proxy/shard/health/recent_failures.h"

#include <gtest/gtest.h>

namespace danegate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(RecentFailures, AFailureIsRememberedForFiveSeconds) {
  RecentFailures failures;
  const Instant now{seconds(100)};
  EXPECT_FALSE(failures.Has("10.0.3.7:5269", now));
  failures.Note("10.0.3.7:5269", now);
  EXPECT_TRUE(failures.Has("10.0.3.7:5269", now + milliseconds(4999)));
  EXPECT_FALSE(failures.Has("10.0.3.7:5269", now + seconds(5)));
  EXPECT_FALSE(failures.Has("10.0.3.8:5269", now));
  failures.Note("10.0.3.7:5269", now + seconds(4));
  EXPECT_TRUE(failures.Has("10.0.3.7:5269", now + seconds(8)));
}

TEST(RecentFailures, WhatFailedLongestAgoIsForgottenFirst) {
  RecentFailures failures;
  Instant now{seconds(100)};
  for (std::size_t i = 0; i <= RecentFailures::kMost; ++i) {
    failures.Note(std::to_string(i), now);
    now = now + std::chrono::microseconds(1);
  }
  EXPECT_FALSE(failures.Has("0", now));
  EXPECT_TRUE(failures.Has("1", now));
  EXPECT_TRUE(failures.Has(std::to_string(RecentFailures::kMost), now));
}

}  // namespace
}  // namespace danegate
