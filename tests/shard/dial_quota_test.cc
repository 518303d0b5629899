// How many connections strangers may make the edge open (threats D7).
#include "proxy/shard/dial_quota.h"

#include <gtest/gtest.h>

#include <string>

namespace danegate {
namespace {

using std::chrono::seconds;

const Instant kStart{seconds(1000)};

Domain DomainOf(const std::string& text) { return *Domain::Parse(text); }

TEST(RateLimiter, GivesABurstAndThenOneEachInterval) {
  RateLimiter limiter(3, seconds(2));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limiter.Take("a", kStart));
  EXPECT_FALSE(limiter.Take("a", kStart));
  EXPECT_TRUE(limiter.Take("b", kStart));
  EXPECT_FALSE(limiter.Take("a", kStart + seconds(1)));
  EXPECT_TRUE(limiter.Take("a", kStart + seconds(2)));
  EXPECT_FALSE(limiter.Take("a", kStart + seconds(2)));
}

// E2: whoever comes under many names costs a bounded amount.
TEST(RateLimiter, ForgetsTheKeysThatAreFullAgainAndNoOthers) {
  RateLimiter limiter(2, seconds(1));
  for (std::size_t i = 0; i < RateLimiter::kMaxKeys; ++i) {
    EXPECT_TRUE(limiter.Take(std::to_string(i), kStart));
  }
  EXPECT_FALSE(limiter.Take("one more", kStart));
  EXPECT_TRUE(limiter.Take("0", kStart));  // a known one is not shut out
  EXPECT_TRUE(limiter.Take("one more", kStart + seconds(1)));
  EXPECT_EQ(limiter.size(), 2u);  // "0" and the new one
}

TEST(DialQuota, D7_OnePairIsAskedAboutOnceAtATime) {
  DialQuota quota;
  const Domain victim = DomainOf("victim.example");
  const Domain acme = DomainOf("acme.example");
  EXPECT_EQ(quota.Acquire(victim, acme, "192.0.2.0/24", kStart), "");
  EXPECT_NE(quota.Acquire(victim, acme, "198.51.100.0/24", kStart), "");
  EXPECT_EQ(
      quota.Acquire(victim, DomainOf("other.example"), "192.0.2.0/24", kStart),
      "");
  quota.Release(victim, acme);
  EXPECT_EQ(quota.Acquire(victim, acme, "192.0.2.0/24", kStart), "");
}

TEST(DialQuota, D7_AThousandRequestsReachAVictimAFewTimes) {
  DialQuota quota;
  const Domain victim = DomainOf("victim.example");
  unsigned connects = 0;
  for (int i = 0; i < 1000; ++i) {
    const Domain to = DomainOf("t" + std::to_string(i) + ".example");
    const std::string network = "10.0." + std::to_string(i % 250) + ".0/24";
    if (!quota.Acquire(victim, to, network, kStart).empty()) continue;
    ++connects;
    quota.Release(victim, to);
  }
  EXPECT_EQ(connects, DialQuota::kBurst);
}

TEST(DialQuota, D7_OneNetworkCannotHaveManyVictimsConnectedTo) {
  DialQuota quota;
  const Domain to = DomainOf("acme.example");
  unsigned connects = 0;
  for (int i = 0; i < 1000; ++i) {
    const Domain victim = DomainOf("v" + std::to_string(i) + ".example");
    connects += quota.Acquire(victim, to, "192.0.2.0/24", kStart).empty();
  }
  EXPECT_EQ(connects, DialQuota::kBurst);
}

TEST(DialQuota, L_06_AllTogetherAreBoundedToo) {
  DialQuota quota;
  const Domain to = DomainOf("acme.example");
  std::size_t connects = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string number = std::to_string(i);
    connects += quota
                    .Acquire(DomainOf("v" + number + ".example"), to,
                             "10.0." + number + ".0/24", kStart)
                    .empty();
  }
  EXPECT_EQ(connects, DialQuota::kMaxAtATime);
}

}  // namespace
}  // namespace danegate
