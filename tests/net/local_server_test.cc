// The UNIX socket of the control (E8), and who asks there.
#include "proxy/net/local_server.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "proxy/net/loop.h"
#include "tests/net/no_file_left.h"

namespace danegate {
namespace {

class LocalServerTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/danegate-socket-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
    path_ = folder_ + "/control";
  }
  void TearDown() override {
    if (other_ >= 0) ::close(other_);
    ::unlink(path_.c_str());
    ::rmdir(folder_.c_str());
  }

  // Another process's socket at the path.
  void Occupy(int type, bool listens) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.data(), path_.size());
    other_ = ::socket(AF_UNIX, type, 0);
    ASSERT_EQ(
        ::bind(other_, reinterpret_cast<sockaddr*>(&address), sizeof address),
        0);
    if (listens) {
      ASSERT_EQ(::listen(other_, 0), 0);
    }
  }
  // A question of ours, on its way.
  int Ask(const std::string& line) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.data(), path_.size());
    const int file = ::socket(AF_UNIX, SOCK_STREAM, 0);
    EXPECT_EQ(
        ::connect(file, reinterpret_cast<sockaddr*>(&address), sizeof address),
        0);
    EXPECT_EQ(::send(file, line.data(), line.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(line.size()));
    return file;
  }
  std::string WhyNotOpened() {
    Loop loop;
    auto server =
        LocalServer::Open(loop, path_, [](std::uint64_t, const auto&) {});
    return server ? "" : server.error();
  }
  ino_t Inode() const {
    struct stat found {};
    return ::lstat(path_.c_str(), &found) == 0 ? found.st_ino : 0;
  }

  std::string folder_;
  std::string path_;
  int other_ = -1;
};

TEST_F(LocalServerTest, ASocketOfAnotherKindIsNotTakenAway) {
  Occupy(SOCK_DGRAM, false);
  const ino_t before = Inode();
  EXPECT_NE(WhyNotOpened(), "");
  EXPECT_EQ(Inode(), before);
}

TEST_F(LocalServerTest, OneThatListensIsNotTakenAwayHoweverBusyItIs) {
  Occupy(SOCK_STREAM, true);
  const ino_t before = Inode();
  for (int i = 0; i < 3; ++i) {  // the first two are not taken, but wait
    EXPECT_NE(WhyNotOpened().find("another process answers there"),
              std::string::npos);
  }
  EXPECT_EQ(Inode(), before);
}

TEST_F(LocalServerTest, OneThatNobodyListensOnIsReplaced) {
  Occupy(SOCK_STREAM, false);
  EXPECT_EQ(WhyNotOpened(), "");
}

TEST_F(LocalServerTest, WhatAnotherHasPutThereMeanwhileStays) {
  {
    Loop loop;
    auto server =
        LocalServer::Open(loop, path_, [](std::uint64_t, const auto&) {});
    ASSERT_TRUE(server) << server.error();
    ::unlink(path_.c_str());
    Occupy(SOCK_STREAM, true);
  }
  EXPECT_NE(Inode(), 0u);
}

// E4: the loop goes on, and who asks is heard once there are files again.
TEST_F(LocalServerTest, WithoutAFileLeftAQuestionWaits) {
  Loop loop;
  std::unique_ptr<LocalServer> server;
  auto opened = LocalServer::Open(
      loop, path_,
      [&server](std::uint64_t connection, const std::string& line) {
        server->Answer(connection, "heard " + line);
      });
  ASSERT_TRUE(opened) << opened.error();
  server = *std::move(opened);
  other_ = Ask("status\n");
  auto no_file_left = std::make_unique<NoFileLeft>();
  int ticks = 0;
  std::string answer;
  Ticker ticker(loop, std::chrono::milliseconds(20), [&] {
    if (++ticks == 10) no_file_left.reset();
    char octets[64];
    const auto count = ::recv(other_, octets, sizeof octets, MSG_DONTWAIT);
    if (count > 0) answer.append(octets, static_cast<std::size_t>(count));
    if (count == 0 || ticks == 500) loop.Stop();
  });
  ticker.Start();
  loop.Run();
  EXPECT_GE(ticks, 10);
  EXPECT_EQ(answer, "heard status");
}

TEST_F(LocalServerTest, AProcessThatNeverAnswersIsToldOfInTime) {
  Occupy(SOCK_STREAM, true);
  const auto begun = std::chrono::steady_clock::now();
  const auto answer = AskLocalServer(path_, "status", std::chrono::seconds(1));
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().find("no answer within 1 s"), std::string::npos);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(4));
}

}  // namespace
}  // namespace danegate
