#include "proxy/ops/log_queue.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <thread>

namespace danegate {
namespace {

constexpr std::size_t kPosts = 1000;
constexpr std::size_t kLines = 4;  // in each
constexpr std::size_t kOctets = 32 * 1024;
constexpr std::size_t kMost = 8 * 1024 * 1024;

// Of all that comes until the last writer is gone.
std::size_t CountLines(int file) {
  std::size_t lines = 0;
  std::string buffer(64 * 1024, '\0');
  ssize_t count;
  while ((count = ::read(file, buffer.data(), buffer.size())) > 0) {
    lines += static_cast<std::size_t>(
        std::count(buffer.begin(), buffer.begin() + count, '\n'));
  }
  return lines;
}

// E11: nobody reads the other end of a pipe.
TEST(LogQueue, HoldsWhatItMayAndCountsTheRest) {
  const std::string path =
      testing::TempDir() + "log-" + std::to_string(::getpid()) + ".fifo";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  auto queue = LogQueue::Open(path, "info");
  ::unlink(path.c_str());
  ASSERT_TRUE(queue.ok());
  const std::string line(kOctets / kLines - 1, 'x');
  for (std::size_t i = 0; i < kPosts; ++i) {
    std::string lines = line;
    for (std::size_t n = 1; n < kLines; ++n) lines += '\n' + line;
    (*queue)->Post(std::move(lines), kLines);
  }
  const std::size_t lost = (*queue)->lost_lines();
  // A few posts are in the pipe, in the writer's hands, or beyond the bound.
  EXPECT_GE(lost, kLines * (kPosts - kMost / kOctets - 8));
  EXPECT_LE(lost, kLines * (kPosts - kMost / kOctets));

  ::fcntl(reader, F_SETFL, 0);
  std::size_t written = 0;
  std::thread reads([&] { written = CountLines(reader); });
  queue->reset();  // writes what is queued
  reads.join();
  ::close(reader);
  EXPECT_EQ(written + lost, kLines * kPosts);
}

TEST(LogQueue, SaysWhyAFileCannotBeWritten) {
  const auto queue = LogQueue::Open("/dev/null/danegate.log", "info");
  ASSERT_FALSE(queue.ok());
  EXPECT_NE(queue.error().find("log.file: cannot write"), std::string::npos);
}

}  // namespace
}  // namespace danegate
