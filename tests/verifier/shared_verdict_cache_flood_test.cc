// What stays in the shared verdict cache when there is not room for everything.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/verifier/verdict_cache_case.h"

namespace danegate {
namespace {

constexpr std::uint64_t kPeers = 4000;

VerdictCacheKey Peer(std::uint64_t number) {
  return KeyFor("peer.example", number);
}
VerdictCacheKey Flooder(std::uint64_t number) {
  return KeyFor("flood.example", number);
}

// A cache of the size that its header demands, with verified peers of which
// each has come twice.
class SharedVerdictCacheFloodTest : public testing::Test {
 protected:
  SharedVerdictCacheFloodTest() {
    for (std::uint64_t i = 0; i < kPeers; ++i) {
      Keep(cache_, Peer(i));
      IsHit(cache_, Peer(i));
    }
  }

  double HitRateOfPeers() {
    std::uint64_t hits = 0;
    for (std::uint64_t i = 0; i < kPeers; ++i) hits += IsHit(cache_, Peer(i));
    return static_cast<double>(hits) / static_cast<double>(kPeers);
  }

  SharedVerdictCache cache_{8 * kPeers, SecretFrom(1)};
};

// C9: 10^6 different domains and chains, each with a proof of its own.
TEST_F(SharedVerdictCacheFloodTest, VerifiedPeersSurviveAFlood_C9) {
  for (std::uint64_t i = 0; i < 1'000'000; ++i) Keep(cache_, Flooder(i));
  EXPECT_GE(HitRateOfPeers(), 0.95);
}

// C9: a flood that comes back once, to look like something of use. It gets at
// the few peers that are the third in their bucket.
TEST_F(SharedVerdictCacheFloodTest, VerifiedPeersSurviveAFloodOfHits_C9) {
  for (std::uint64_t i = 0; i < 1'000'000; ++i) {
    Keep(cache_, Flooder(i));
    IsHit(cache_, Flooder(i));
  }
  EXPECT_GE(HitRateOfPeers(), 0.9);
}

// C9
TEST_F(SharedVerdictCacheFloodTest, HoldsNoMoreThanItsCapacity_C9) {
  for (std::uint64_t i = 0; i < 1'000'000; ++i) {
    Keep(cache_, Flooder(i));
    IsHit(cache_, Flooder(i));
  }
  std::uint64_t held = 0;
  for (std::uint64_t i = 0; i < 1'000'000; ++i) {
    held += cache_.Find(Flooder(i), kNow).has_value();
  }
  EXPECT_LE(held, cache_.capacity());
  EXPECT_LT(cache_.capacity(), 8 * kPeers + 5);
}

// A single bucket.
class SharedVerdictCacheRankTest : public testing::Test {
 protected:
  bool IsHeld(std::uint64_t peer, Instant now = kNow) {
    return cache_.Find(Peer(peer), now).has_value();
  }
  bool IsSettled(std::uint64_t peer) {
    const auto hit = cache_.Find(Peer(peer), kNow);
    return hit && !hit->is_to_promote;
  }

  SharedVerdictCache cache_{5, SecretFrom(1)};
};

TEST_F(SharedVerdictCacheRankTest, NewVerdictPushesOutTheOldestNewOne) {
  for (std::uint64_t i = 1; i <= 3; ++i) Keep(cache_, Peer(i));
  EXPECT_FALSE(IsHeld(1));
  EXPECT_TRUE(IsHeld(2));
  EXPECT_TRUE(IsHeld(3));
}

TEST_F(SharedVerdictCacheRankTest, HitsSettleAVerdict) {
  Keep(cache_, Peer(1));
  EXPECT_FALSE(IsSettled(1));
  IsHit(cache_, Peer(1));
  EXPECT_TRUE(IsSettled(1));
}

TEST_F(SharedVerdictCacheRankTest, SettledVerdictGivesWayToTheThirdHitOnly) {
  for (std::uint64_t i = 1; i <= 3; ++i) {
    Keep(cache_, Peer(i));
    IsHit(cache_, Peer(i));
  }
  EXPECT_TRUE(IsSettled(1));
  EXPECT_TRUE(IsSettled(2));
  Keep(cache_, Peer(4));
  IsHit(cache_, Peer(4));
  EXPECT_FALSE(IsSettled(4));
  EXPECT_TRUE(IsSettled(2));
  IsHit(cache_, Peer(4));
  EXPECT_TRUE(IsSettled(4));
  EXPECT_FALSE(IsSettled(2));
}

TEST_F(SharedVerdictCacheRankTest, ExpiredVerdictMakesRoomFirst) {
  const Instant then = kNow + std::chrono::seconds(2);
  Keep(cache_, Peer(1));
  Keep(cache_, Peer(2), kProven, kNow + std::chrono::seconds(1));
  Keep(cache_, Peer(3), kProven, kLater, then);
  EXPECT_TRUE(IsHeld(1, then));
  EXPECT_TRUE(IsHeld(3, then));
}

TEST_F(SharedVerdictCacheRankTest, WhatTheEpochEndedLosesItsRank) {
  for (std::uint64_t i = 1; i <= 2; ++i) {
    Keep(cache_, Peer(i));
    IsHit(cache_, Peer(i));
  }
  cache_.BumpEpoch();
  for (std::uint64_t i = 1; i <= 2; ++i) {
    Keep(cache_, Peer(i));
    IsHit(cache_, Peer(i));
    EXPECT_TRUE(IsSettled(i));
  }
}

TEST_F(SharedVerdictCacheRankTest, PromotingWhatIsGoneOrSettledDoesNothing) {
  Keep(cache_, Peer(1));
  cache_.Promote(VerdictTag{1, 2}, kNow);
  EXPECT_FALSE(IsSettled(1));
  const VerdictTag tag = cache_.Find(Peer(1), kNow)->tag;
  cache_.Promote(tag, kNow);
  cache_.Promote(tag, kNow);
  EXPECT_TRUE(IsSettled(1));
}

}  // namespace
}  // namespace danegate
