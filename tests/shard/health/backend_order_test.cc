#include "proxy/shard/health/backend_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace danegate {
namespace {

using Order = std::vector<std::size_t>;

Backend Of(std::uint16_t priority, std::uint16_t weight = 1,
           bool down = false) {
  Backend backend;
  backend.host = down ? "down" : "up";
  backend.priority = priority;
  backend.weight = weight;
  return backend;
}

bool IsDown(const Backend& backend) { return backend.host == "down"; }

Order OrderOf(const std::vector<Backend>& backends, std::uint64_t drawn = 0) {
  return OrderBackends(backends, IsDown, [drawn] { return drawn; });
}

TEST(OrderBackends, TheLowestPriorityIsFirst) {
  EXPECT_EQ(OrderOf({Of(20), Of(0), Of(65535), Of(10)}), (Order{1, 3, 0, 2}));
  EXPECT_EQ(OrderOf({}), Order{});
  EXPECT_EQ(OrderOf({Of(7)}), Order{0});
}

TEST(OrderBackends, OfOnePriorityTheRunningSumOfWeightsDecides) {
  const std::vector<Backend> backends = {Of(0, 1), Of(0, 2), Of(0, 3)};
  EXPECT_EQ(OrderOf(backends, 0), (Order{0, 1, 2}));
  EXPECT_EQ(OrderOf(backends, 1)[0], 1U);
  EXPECT_EQ(OrderOf(backends, 2)[0], 1U);
  EXPECT_EQ(OrderOf(backends, 3)[0], 2U);
  EXPECT_EQ(OrderOf(backends, 5)[0], 2U);
  EXPECT_EQ(OrderOf(backends, 6)[0], 0U);
}

TEST(OrderBackends, ThoseThatAreDownAreLastAndInOrder) {
  EXPECT_EQ(OrderOf({Of(0, 1, true), Of(10), Of(5, 1, true), Of(20)}),
            (Order{1, 3, 0, 2}));
  EXPECT_EQ(OrderOf({Of(10, 1, true), Of(0, 1, true)}), (Order{1, 0}));
}

TEST(OrderBackends, EachIsThereOnce) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 1000; ++round) {
    std::vector<Backend> backends;
    for (std::size_t i = random() % 16; i > 0; --i) {
      backends.push_back(Of(static_cast<std::uint16_t>(random() % 3),
                            static_cast<std::uint16_t>(1 + random() % 65535),
                            random() % 4 == 0));
    }
    Order order = OrderBackends(backends, IsDown, std::ref(random));
    std::sort(order.begin(), order.end());
    ASSERT_EQ(order.size(), backends.size());
    for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], i);
  }
}

// Shares of 60,000 draws: five standard deviations are under 0.011.
TEST(OrderBackends, SharesAreInProportionToWeights) {
  const std::vector<Backend> backends = {Of(0, 60), Of(0, 30), Of(0, 10),
                                         Of(1, 65535)};
  std::mt19937_64 random(42);
  constexpr int kDraws = 60000;
  std::map<std::size_t, int> first;
  int second_behind_first = 0;
  for (int i = 0; i < kDraws; ++i) {
    const Order order = OrderBackends(backends, IsDown, std::ref(random));
    ++first[order[0]];
    EXPECT_EQ(order[3], 3U);
    if (order[0] == 0 && order[1] == 1) ++second_behind_first;
  }
  const auto share = [](int count) {
    return static_cast<double>(count) / kDraws;
  };
  EXPECT_NEAR(share(first[0]), 0.6, 0.011);
  EXPECT_NEAR(share(first[1]), 0.3, 0.011);
  EXPECT_NEAR(share(first[2]), 0.1, 0.011);
  EXPECT_NEAR(share(second_behind_first), 0.6 * 30 / 40, 0.011);
}

}  // namespace
}  // namespace danegate
