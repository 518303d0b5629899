#include "verifier/service/verdict_cache.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace danegate {
namespace {

using std::chrono::seconds;

constexpr Instant At(int second) { return Instant{seconds(second)}; }

VerdictKey KeyOf(const std::string& domain, std::uint8_t chain = 1) {
  VerdictKey key{{}, *Domain::Parse(domain), 0};
  key.chain[0] = chain;
  return key;
}

std::shared_ptr<const Verdict> SomeVerdict() {
  return std::make_shared<const Verdict>(
      ClaimedDomain{*Domain::Parse("peer.example")}, Outcome::kProved,
      Reason::kMatched);
}

// L-04
TEST(VerdictCacheTest, VerdictIsGoneAtTheInstantItExpires) {
  VerdictCache cache(10);
  const auto verdict = SomeVerdict();
  cache.Put(KeyOf("peer.example"), verdict, At(5));
  EXPECT_EQ(cache.Find(KeyOf("peer.example"), At(4)), verdict);
  EXPECT_EQ(cache.Find(KeyOf("peer.example"), At(5)), nullptr);
  EXPECT_EQ(cache.size(), 0u);
}

TEST(VerdictCacheTest, ForgetsEveryChainOfADomainAndNoOther) {
  VerdictCache cache(10);
  cache.Put(KeyOf("peer.example", 1), SomeVerdict(), At(5));
  cache.Put(KeyOf("peer.example", 2), SomeVerdict(), At(5));
  cache.Put(KeyOf("other.example", 1), SomeVerdict(), At(5));
  EXPECT_EQ(cache.Forget(*Domain::Parse("peer.example")), 2u);
  EXPECT_EQ(cache.Forget(*Domain::Parse("peer.example")), 0u);
  EXPECT_EQ(cache.Find(KeyOf("peer.example", 2), At(4)), nullptr);
  EXPECT_NE(cache.Find(KeyOf("other.example", 1), At(4)), nullptr);
}

TEST(VerdictCacheTest, ListsWhatMayStillBeUsed) {
  VerdictCache cache(10);
  const auto verdict = SomeVerdict();
  cache.Put(KeyOf("peer.example"), verdict, At(5));
  cache.Put(KeyOf("old.example"), SomeVerdict(), At(3));
  const auto kept = cache.List(At(3));
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].verdict, verdict);
  EXPECT_EQ(kept[0].until, At(5));
  EXPECT_EQ(kept[0].policy, KeyOf("peer.example").policy);
}

// D-62
TEST(VerdictCacheTest, OtherChainOrDomainIsAMiss) {
  VerdictCache cache(10);
  cache.Put(KeyOf("peer.example", 1), SomeVerdict(), At(5));
  EXPECT_EQ(cache.Find(KeyOf("peer.example", 2), At(1)), nullptr);
  EXPECT_EQ(cache.Find(KeyOf("other.example", 1), At(1)), nullptr);
}

TEST(VerdictCacheTest, NewerVerdictReplacesTheOlder) {
  VerdictCache cache(10);
  const auto newer = SomeVerdict();
  cache.Put(KeyOf("peer.example"), SomeVerdict(), At(5));
  cache.Put(KeyOf("peer.example"), newer, At(9));
  EXPECT_EQ(cache.Find(KeyOf("peer.example"), At(8)), newer);
  EXPECT_EQ(cache.size(), 1u);
}

TEST(VerdictCacheTest, FullCacheForgetsTheLeastRecentlyUsed) {
  VerdictCache cache(2);
  cache.Put(KeyOf("a.example"), SomeVerdict(), At(5));
  cache.Put(KeyOf("b.example"), SomeVerdict(), At(5));
  EXPECT_NE(cache.Find(KeyOf("a.example"), At(1)), nullptr);
  cache.Put(KeyOf("c.example"), SomeVerdict(), At(5));
  EXPECT_EQ(cache.size(), 2u);
  EXPECT_NE(cache.Find(KeyOf("a.example"), At(1)), nullptr);
  EXPECT_EQ(cache.Find(KeyOf("b.example"), At(1)), nullptr);
  EXPECT_NE(cache.Find(KeyOf("c.example"), At(1)), nullptr);
}

}  // namespace
}  // namespace danegate
