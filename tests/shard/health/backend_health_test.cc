#include "proxy/shard/health/backend_health.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace danegate {
namespace {

HealthTarget Target(std::uint16_t port) {
  return {.host = "10.0.3.7", .port = port};
}

DownBackend Down(std::uint16_t port, std::string why = "refused") {
  return {Target(port), std::move(why), {}};
}

TEST(BackendHealth, WhatIsDownIsDownUntilItIsUp) {
  BackendHealth health;
  EXPECT_FALSE(health.IsDown(Target(1)));
  health.SetDown(Down(1));
  EXPECT_TRUE(health.IsDown(Target(1)));
  EXPECT_FALSE(health.IsDown(Target(2)));
  HealthTarget other = Target(1);
  other.tls = BackendTls::kDirect;
  EXPECT_FALSE(health.IsDown(other));
  health.SetUp(Target(1));
  EXPECT_FALSE(health.IsDown(Target(1)));
}

TEST(BackendHealth, SaidTwiceItCountsOnce) {
  BackendHealth health;
  health.SetDown(Down(1));
  health.SetDown(Down(1, "no answer"));
  ASSERT_EQ(health.ListDown().size(), 1U);
  EXPECT_EQ(health.ListDown()[0].why, "no answer");
  health.SetUp(Target(1));
  EXPECT_FALSE(health.IsDown(Target(1)));
  EXPECT_TRUE(health.ListDown().empty());
}

TEST(BackendHealth, ThousandsMayBeDown) {
  BackendHealth health;
  for (std::uint16_t port = 1; port <= 1000; ++port) health.SetDown(Down(port));
  for (std::uint16_t port = 1; port <= 1000; ++port) {
    EXPECT_TRUE(health.IsDown(Target(port))) << port;
    EXPECT_FALSE(
        health.IsDown(Target(static_cast<std::uint16_t>(port + 1000))));
  }
  EXPECT_EQ(health.ListDown().size(), 1000U);
  for (std::uint16_t port = 1; port <= 1000; ++port) health.SetUp(Target(port));
  EXPECT_FALSE(health.IsDown(Target(500)));
}

// One that stays down beside one that comes and goes, in whatever bucket.
TEST(BackendHealth, ReadersSeeWhatDoesNotChange) {
  BackendHealth health;
  health.SetDown(Down(1));
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  std::atomic<int> wrong = 0;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        if (!health.IsDown(Target(1)) || health.IsDown(Target(2))) ++wrong;
      }
    });
  }
  for (int round = 0; round < 2000; ++round) {
    const auto port = static_cast<std::uint16_t>(3 + round % 50);
    health.SetDown(Down(port));
    health.SetUp(Target(port));
  }
  done = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace danegate
