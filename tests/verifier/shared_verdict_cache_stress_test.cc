// C8: readers and writers at once, over data that says what it must be. Made
// for ThreadSanitizer, and of use without.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/verifier/verdict_cache_case.h"

namespace danegate {
namespace {

constexpr std::uint64_t kReads = 1'000'000;
constexpr std::uint64_t kWrites = 500'000;
constexpr std::uint64_t kKeys = 64;
constexpr Instant kEarly{};

using Stamp = SharedVerdictCache::Stamp;

// All that is kept for a key is a function of its number and of the stamp: the
// expiry is both, the verdict a digest of them.
Instant ExpiryOf(std::uint64_t number, Stamp stamp) {
  const std::uint64_t tick =
      1 + number + kKeys * static_cast<std::uint64_t>(stamp);
  return Instant{Duration(static_cast<std::int64_t>(tick << 20))};
}
KeptVerdict VerdictFor(Instant expires) {
  const auto mix =
      static_cast<std::uint64_t>(expires.since_start.count() >> 20) *
      0x9E3779B97F4A7C15;
  return {static_cast<Outcome>((mix >> 32) % 3),
          static_cast<Reason>((mix >> 40) % 14),
          static_cast<Prooftype>((mix >> 48) % 7)};
}

class SharedVerdictCacheStressTest : public testing::Test {
 protected:
  SharedVerdictCacheStressTest() {
    for (std::uint64_t i = 0; i < kKeys; ++i) {
      names_.push_back("peer" + std::to_string(i % 8) + ".example");
    }
  }

  void Read(unsigned seed) {
    std::minstd_rand random(seed);
    for (std::uint64_t i = 0; i < kReads; ++i) {
      const std::uint64_t number = random() % kKeys;
      const VerdictCacheKey key = KeyFor(names_[number], number);
      const Stamp before = cache_.StampOf(key.peer);
      const auto hit = cache_.Find(key, kEarly);
      const Stamp after = cache_.StampOf(key.peer);
      if (!hit) continue;
      ++hits_;
      if (hit->is_to_promote) cache_.Promote(hit->tag, kEarly);
      const bool is_whole = hit->verdict == VerdictFor(hit->expires);
      const bool is_current = hit->expires >= ExpiryOf(number, before) &&
                              hit->expires <= ExpiryOf(number, after);
      // What remains tells the number: no verdict of another key.
      const auto ticks =
          static_cast<std::uint64_t>(hit->expires.since_start.count() >> 20);
      if (!is_whole || (ticks - 1) % kKeys != number) ++torn_;
      if (!is_current) ++stale_;
    }
  }

  void Write(unsigned seed) {
    std::minstd_rand random(seed);
    for (std::uint64_t i = 0; i < kWrites; ++i) {
      const std::uint64_t number = random() % kKeys;
      const VerdictCacheKey key = KeyFor(names_[number], number);
      const Stamp begun = cache_.StampOf(key.peer);
      const Instant expires = ExpiryOf(number, begun);
      cache_.Put(key, begun, VerdictFor(expires), expires, kEarly);
      if (random() % 256 == 0) cache_.Forget(key.peer);
      if (random() % 1024 == 0) cache_.BumpEpoch();
    }
  }

  std::vector<std::string> names_;
  // Few buckets, so that everyone meets everyone.
  SharedVerdictCache cache_{40, SecretFrom(1)};
  std::atomic<std::uint64_t> hits_{0};
  std::atomic<std::uint64_t> torn_{0};
  std::atomic<std::uint64_t> stale_{0};
};

TEST_F(SharedVerdictCacheStressTest, NoHitIsTornOrOlderThanItsEpoch_C8) {
  std::vector<std::thread> threads;
  for (unsigned i = 1; i <= 2; ++i) {
    threads.emplace_back([this, i] { Read(i); });
    threads.emplace_back([this, i] { Write(10 + i); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(torn_, 0u);
  EXPECT_EQ(stale_, 0u);
  EXPECT_GT(hits_, kReads / 10);
}

}  // namespace
}  // namespace danegate
