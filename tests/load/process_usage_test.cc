#include "bench/load/measure/process_usage.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <ctime>

namespace danegate {
namespace {

TEST(ProcessUsage, CountsTheTimeThatAProcessWorks) {
  const auto before = ReadProcessUsage(::getpid());
  ASSERT_TRUE(before);
  const std::clock_t begin = std::clock();
  while (std::clock() - begin < CLOCKS_PER_SEC / 50) {
  }
  const auto after = ReadProcessUsage(::getpid());
  ASSERT_TRUE(after);
  EXPECT_GE(after->cpu - before->cpu, std::chrono::milliseconds(19));
  EXPECT_GT(after->resident_octets, 100'000u);
}

TEST(ProcessUsage, SaysThatThereIsNoSuchProcess) {
  const auto usage = ReadProcessUsage(0x7ffffff0);
  ASSERT_FALSE(usage);
  EXPECT_EQ(usage.error(), "there is no process 2147483632");
}

}  // namespace
}  // namespace danegate
