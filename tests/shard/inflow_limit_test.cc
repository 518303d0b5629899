#include "proxy/shard/inflow_limit.h"

#include <gtest/gtest.h>

namespace danegate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class InflowLimitTest : public testing::Test {
 protected:
  Duration ClosedFor() const { return limit_.open_at() - now_; }

  InflowLimit limit_;
  Instant now_{seconds(100)};
};

TEST_F(InflowLimitTest, WithoutARateNothingIsHeldUp) {
  limit_.Take(1 << 30, now_);
  EXPECT_LE(limit_.open_at(), now_);
}

TEST_F(InflowLimitTest, ABurstPassesAndADebtIsPaidAtTheRate) {
  limit_.SetRate({1000, 2000});
  limit_.Take(2000, now_);
  EXPECT_LE(limit_.open_at(), now_);
  limit_.Take(500, now_);
  EXPECT_EQ(ClosedFor(), milliseconds(500));
  now_ = now_ + milliseconds(500);
  EXPECT_EQ(ClosedFor(), Duration::zero());
  limit_.Take(250, now_);
  EXPECT_EQ(ClosedFor(), milliseconds(250));
}

TEST_F(InflowLimitTest, ASilenceFillsTheBucketAndNoMore) {
  limit_.SetRate({1000, 2000});
  limit_.Take(4000, now_);
  now_ = now_ + seconds(3600);
  limit_.Take(2000, now_);
  EXPECT_LE(limit_.open_at(), now_);
  limit_.Take(1, now_);
  EXPECT_EQ(ClosedFor(), milliseconds(1));
}

TEST_F(InflowLimitTest, OverTimeTheRateIsKept) {
  limit_.SetRate({100000, 200000});
  const Instant begin = now_;
  std::size_t octets = 0;
  while (now_ - begin < seconds(60)) {
    now_ = std::max(now_, limit_.open_at());
    limit_.Take(32768, now_);
    octets += 32768;
  }
  EXPECT_GE(octets, 60U * 100000);
  EXPECT_LE(octets, 60U * 100000 + 200000 + 2 * 32768);
}

TEST_F(InflowLimitTest, AnotherRateForgivesNoDebt) {
  limit_.SetRate({1000, 2000});
  limit_.Take(3000, now_);
  limit_.SetRate({2000, 4000});
  EXPECT_EQ(ClosedFor(), seconds(1));
  limit_.SetRate({0, 0});
  EXPECT_LE(limit_.open_at(), now_);
}

}  // namespace
}  // namespace danegate
