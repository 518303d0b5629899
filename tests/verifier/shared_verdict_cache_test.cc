#include "verifier/shared_verdict_cache.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <tuple>

#include "tests/verifier/verdict_cache_case.h"

namespace danegate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr KeptVerdict kRefused{.outcome = Outcome::kDisproved,
                               .reason = Reason::kNoMatch};

class SharedVerdictCacheTest : public testing::Test {
 protected:
  SharedVerdictCache cache_{1000, SecretFrom(1)};
};

TEST_F(SharedVerdictCacheTest, WhatWasPutIsFound) {
  EXPECT_FALSE(cache_.Find(KeyFor("peer.example"), kNow));
  EXPECT_TRUE(Keep(cache_, KeyFor("peer.example")));
  const auto hit = cache_.Find(KeyFor("peer.example"), kNow);
  ASSERT_TRUE(hit);
  EXPECT_EQ(hit->verdict, kProven);
  EXPECT_LE(hit->expires, kLater);
  EXPECT_GT(hit->expires + milliseconds(3), kLater);
}

TEST_F(SharedVerdictCacheTest, EveryVerdictComesBackAsItWas) {
  for (int outcome = 0; outcome < 3; ++outcome) {
    for (int reason = 0; reason <= 13; ++reason) {
      for (int prooftype = 0; prooftype <= 6; ++prooftype) {
        const KeptVerdict verdict{static_cast<Outcome>(outcome),
                                  static_cast<Reason>(reason),
                                  static_cast<Prooftype>(prooftype)};
        ASSERT_TRUE(Keep(cache_, KeyFor("peer.example"), verdict));
        ASSERT_EQ(cache_.Find(KeyFor("peer.example"), kNow)->verdict, verdict);
      }
    }
  }
}

// L-04, C3
TEST_F(SharedVerdictCacheTest, VerdictIsGoneAtTheInstantItExpires_L_04) {
  Keep(cache_, KeyFor("peer.example"));
  EXPECT_TRUE(cache_.Find(KeyFor("peer.example"), kNow + milliseconds(99'998)));
  EXPECT_FALSE(cache_.Find(KeyFor("peer.example"), kLater));
  EXPECT_FALSE(cache_.Find(KeyFor("peer.example"), Instant::Never()));
}

TEST_F(SharedVerdictCacheTest, VerdictThatHasExpiredIsNotKept) {
  EXPECT_FALSE(Keep(cache_, KeyFor("peer.example"), kProven, kNow));
  EXPECT_FALSE(cache_.Find(KeyFor("peer.example"), kNow));
}

TEST_F(SharedVerdictCacheTest, VerdictWithoutExpiryIsKeptForEver) {
  Keep(cache_, KeyFor("peer.example"), kProven, Instant::Never());
  EXPECT_TRUE(cache_.Find(KeyFor("peer.example"), kLater + seconds(1'000'000)));
}

TEST_F(SharedVerdictCacheTest, NewerVerdictReplacesTheOlder) {
  Keep(cache_, KeyFor("peer.example"));
  Keep(cache_, KeyFor("peer.example"), kRefused, kNow + seconds(30));
  EXPECT_EQ(cache_.Find(KeyFor("peer.example"), kNow)->verdict, kRefused);
  EXPECT_FALSE(cache_.Find(KeyFor("peer.example"), kNow + seconds(31)));
}

// D-63, L-05
TEST_F(SharedVerdictCacheTest, IndeterminateIsNeverKept_D_63) {
  const KeptVerdict unknown{.outcome = Outcome::kIndeterminate,
                            .reason = Reason::kDnsFailed};
  EXPECT_DEATH(Keep(cache_, KeyFor("peer.example"), unknown), "check failed");
}

// C3, C8
TEST_F(SharedVerdictCacheTest, NothingOlderThanTheEpochIsFound_C3) {
  Keep(cache_, KeyFor("a.example"));
  Keep(cache_, KeyFor("b.example"));
  cache_.BumpEpoch();
  EXPECT_FALSE(cache_.Find(KeyFor("a.example"), kNow));
  EXPECT_FALSE(cache_.Find(KeyFor("b.example"), kNow));
  Keep(cache_, KeyFor("a.example"));
  EXPECT_TRUE(cache_.Find(KeyFor("a.example"), kNow));
}

// C3, C8: the trust store changes while a verification is under way.
TEST_F(SharedVerdictCacheTest, VerdictBegunBeforeTheEpochIsNotFoundAfter_C8) {
  const auto begun = cache_.StampOf("peer.example");
  cache_.BumpEpoch();
  EXPECT_FALSE(
      cache_.Put(KeyFor("peer.example"), begun, kProven, kLater, kNow));
  EXPECT_FALSE(cache_.Find(KeyFor("peer.example"), kNow));
}

// C3: `ctl flush` while a verification is under way.
TEST_F(SharedVerdictCacheTest, ForgottenPeerIsVerifiedAnew_C3) {
  Keep(cache_, KeyFor("a.example", 1));
  Keep(cache_, KeyFor("a.example", 2));
  Keep(cache_, KeyFor("b.example"));
  const auto begun = cache_.StampOf("a.example");
  cache_.Forget("a.example");
  EXPECT_FALSE(cache_.Find(KeyFor("a.example", 1), kNow));
  EXPECT_FALSE(cache_.Find(KeyFor("a.example", 2), kNow));
  EXPECT_TRUE(cache_.Find(KeyFor("b.example"), kNow));
  EXPECT_FALSE(cache_.Put(KeyFor("a.example"), begun, kProven, kLater, kNow));
  EXPECT_FALSE(cache_.Find(KeyFor("a.example"), kNow));
  EXPECT_TRUE(Keep(cache_, KeyFor("a.example")));
  EXPECT_TRUE(cache_.Find(KeyFor("a.example"), kNow));
}

// C1: against a plain table that forgets nothing and mixes nothing up.
TEST_F(SharedVerdictCacheTest, NeverSaysOtherThanTheOracle_C1) {
  using Tuple = std::tuple<std::uint64_t, Direction, std::string, std::string,
                           std::uint16_t, Sha256, Sha256, std::uint64_t>;
  struct Kept {
    KeptVerdict verdict;
    Instant expires;
  };
  std::map<Tuple, Kept> oracle;
  std::mt19937 random(2);
  const auto below = [&](unsigned end) {
    return static_cast<unsigned>(random() % end);
  };
  const std::array<std::string, 6> names = {
      "a.example",   "aa.example",    "b.example",
      "a.a.example", "xn--a.example", "a.very.long.name.of.a.peer.example"};
  Instant now = kNow;
  int hits = 0;
  for (int i = 0; i < 100'000; ++i) {
    now = now + milliseconds(below(20));
    VerdictCacheKey key = KeyFor(names[below(6)], below(3));
    key.policy = below(2);
    key.leaf[31] = static_cast<std::uint8_t>(below(2));
    if (below(2) == 1) {
      key.direction = Direction::kOutbound;
      key.target = names[below(3)];
      key.port = static_cast<std::uint16_t>(5269 + below(2));
    }
    const Tuple tuple(key.policy, key.direction, key.peer, key.target, key.port,
                      key.leaf, key.chain, key.trust_epoch);
    if (const auto hit = cache_.Find(key, now)) {
      ++hits;
      if (hit->is_to_promote) cache_.Promote(hit->tag, now);
      const auto kept = oracle.find(tuple);
      ASSERT_NE(kept, oracle.end());
      ASSERT_EQ(hit->verdict, kept->second.verdict);
      ASSERT_LT(now, kept->second.expires);
    }
    const Kept kept{
        {static_cast<Outcome>(below(3)), static_cast<Reason>(below(14)),
         static_cast<Prooftype>(below(7))},
        now + milliseconds(below(20'000))};
    if (Keep(cache_, key, kept.verdict, kept.expires, now)) {
      oracle[tuple] = kept;
    }
    if (below(1000) == 0) {
      cache_.Forget(key.peer);
      std::erase_if(oracle, [&](const auto& entry) {
        return std::get<2>(entry.first) == key.peer;
      });
    }
    if (below(5000) == 0) {
      cache_.BumpEpoch();
      oracle.clear();
    }
  }
  EXPECT_GT(hits, 50'000);
}

}  // namespace
}  // namespace danegate
