#include "verifier/mailbox.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace danegate {
namespace {

TEST(Mailbox, TellsTheOneThatFoundItEmpty) {
  Mailbox<int> box;
  EXPECT_TRUE(box.Put(1));
  EXPECT_FALSE(box.Put(2));
  EXPECT_EQ(box.Drain(), (std::vector<int>{1, 2}));
  EXPECT_TRUE(box.Put(3));
}

TEST(Mailbox, FreesWhatWasNotTaken) {
  const auto value = std::make_shared<int>(1);
  {
    Mailbox<std::shared_ptr<int>> box;
    box.Put(value);
    EXPECT_EQ(value.use_count(), 2);
  }
  EXPECT_EQ(value.use_count(), 1);
}

// Values that check themselves: each producer's come complete and in order.
TEST(Mailbox, KeepsEveryValueAndEachProducersOrder) {
  struct Value {
    std::size_t producer;
    std::uint64_t number;
    std::uint64_t check;
  };
  constexpr std::size_t kProducers = 3;
  constexpr std::uint64_t kEach = 100000;
  Mailbox<Value> box;
  std::atomic<std::size_t> running{kProducers};
  std::vector<std::thread> producers;
  for (std::size_t producer = 0; producer < kProducers; ++producer) {
    producers.emplace_back([&box, &running, producer] {
      for (std::uint64_t number = 0; number < kEach; ++number) {
        box.Put({producer, number, ~number});
      }
      --running;
    });
  }
  std::array<std::uint64_t, kProducers> next{};
  bool last = false;
  while (!last) {
    last = running == 0;
    for (const Value& value : box.Drain()) {
      ASSERT_EQ(value.check, ~value.number);
      ASSERT_EQ(value.number, next[value.producer]++);
    }
  }
  for (std::thread& producer : producers) producer.join();
  for (const std::uint64_t count : next) EXPECT_EQ(count, kEach);
}

}  // namespace
}  // namespace danegate
