// Links and listeners over loopback, driven by one loop.
#include "proxy/net/tcp_link.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proxy/net/listener.h"
#include "proxy/net/loop.h"
#include "tests/net/no_file_left.h"

namespace danegate {
namespace {

std::span<const std::byte> BytesOf(const std::string& text) {
  return std::as_bytes(std::span(text));
}

// What happened on a link, and what to do then.
class Recorder : public LinkOwner {
 public:
  void OnConnected() override { connected = true; }
  void OnBytes(std::span<const std::byte> bytes) override {
    received.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (on_bytes) on_bytes();
  }
  void OnDrained() override { ++drained; }
  void OnLinkClosed(const std::string& why) override {
    closed = true;
    error = why;
    if (on_closed) on_closed();
  }

  bool connected = false;
  bool closed = false;
  int drained = 0;
  std::string received, error;
  std::function<void()> on_bytes, on_closed;
};

class TcpLinkTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Listener::Open(loop_, *SocketAddress::Parse("127.0.0.1", 0),
                                 [this](std::unique_ptr<TcpLink> link) {
                                   ++accepted_count_;
                                   Listener::Adopt(*link, accepted_);
                                   server_ = std::move(link);
                                   server_->Resume();
                                   if (on_accept_) on_accept_();
                                 });
    ASSERT_TRUE(opened.ok()) << opened.error();
    listener_ = std::move(*opened);
    client_ = *TcpLink::Connect(loop_, connected_, listener_->address());
    guard_ = std::make_unique<Ticker>(loop_, std::chrono::seconds(10), [this] {
      ADD_FAILURE() << "nothing happened in time";
      loop_.Stop();
    });
    guard_->Start();
  }

  Loop loop_;
  Recorder accepted_, connected_;
  int accepted_count_ = 0;
  std::function<void()> on_accept_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<TcpLink> client_, server_;
  std::unique_ptr<Ticker> guard_;
};

TEST_F(TcpLinkTest, CarriesBytesAndTellsTheEnd) {
  client_->Write(BytesOf("early words"));
  accepted_.on_bytes = [this] { client_.reset(); };
  accepted_.on_closed = [this] { loop_.Stop(); };
  loop_.Run();
  EXPECT_TRUE(connected_.connected);
  EXPECT_EQ(accepted_.received, "early words");
  EXPECT_TRUE(accepted_.closed);
  EXPECT_EQ(accepted_.error, "");
}

TEST_F(TcpLinkTest, KnowsBothAddresses) {
  on_accept_ = [this] { loop_.Stop(); };
  loop_.Run();
  ASSERT_NE(server_->remote_address(), nullptr);
  EXPECT_EQ(server_->remote_address()->ToString(), server_->remote());
  EXPECT_EQ(server_->local_address()->ToString(),
            listener_->address().ToString());
}

// The file of this process that is connected to `peer`; -1 if there is none.
int FileConnectedTo(const std::string& peer) {
  for (int file = 0; file < 1024; ++file) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    if (::getpeername(file, reinterpret_cast<sockaddr*>(&storage), &length) ==
            0 &&
        SocketAddress::From(storage).ToString() == peer) {
      return file;
    }
  }
  return -1;
}

int Option(int file, int level, int option) {
  int value = -1;
  socklen_t length = sizeof value;
  ::getsockopt(file, level, option, &value, &length);
  return value;
}

TEST_F(TcpLinkTest, AnAcceptedLinkNoticesAPeerThatHasVanished) {
  on_accept_ = [this] { loop_.Stop(); };
  loop_.Run();
  const int file = FileConnectedTo(server_->remote());
  ASSERT_GE(file, 0);
  EXPECT_EQ(Option(file, SOL_SOCKET, SO_KEEPALIVE), 1);
  EXPECT_EQ(Option(file, IPPROTO_TCP, TCP_KEEPIDLE), 60);
  EXPECT_EQ(Option(file, IPPROTO_TCP, TCP_KEEPINTVL), 1);
  EXPECT_EQ(Option(file, IPPROTO_TCP, TCP_KEEPCNT), 10);
  EXPECT_EQ(Option(file, IPPROTO_TCP, TCP_NODELAY), 1);
}

// E3: what the other side does not take is queued and counted, then sent.
TEST_F(TcpLinkTest, QueuesWhatIsNotTakenAndTellsWhenItIs) {
  const std::string much(8 << 20, 'x');
  on_accept_ = [this, &much] {
    server_->Pause();
    client_->Write(BytesOf(much));
    EXPECT_GT(client_->unsent(), 0U);
    server_->Resume();
  };
  accepted_.on_bytes = [this, &much] {
    if (accepted_.received.size() == much.size()) loop_.Stop();
  };
  loop_.Run();
  EXPECT_EQ(accepted_.received.size(), much.size());
}

// What waits behind a write in flight is sent although its link is gone.
TEST_F(TcpLinkTest, WhatIsQueuedOutlivesTheLink) {
  const std::string much(8 << 20, 'x');
  bool written = false;
  on_accept_ = [this] { server_->Pause(); };
  Ticker ticker(loop_, std::chrono::milliseconds(10), [&] {
    if (!connected_.connected || !server_ || written) return;
    written = true;
    client_->Write(BytesOf(much));
    client_->Write(BytesOf("last words"));
    client_.reset();
    server_->Resume();
  });
  ticker.Start();
  accepted_.on_closed = [this] { loop_.Stop(); };
  loop_.Run();
  EXPECT_EQ(accepted_.received.size(), much.size() + 10);
  EXPECT_TRUE(accepted_.received.ends_with("last words"));
  EXPECT_EQ(accepted_.error, "");
}

// Last words arrive although the other side's octets were never read.
TEST_F(TcpLinkTest, LastWordsAreNotLostToAReset) {
  const std::string flood(1 << 20, 'f');
  on_accept_ = [this, &flood] {
    server_->Pause();
    client_->Write(BytesOf(flood));
    client_->Resume();
    server_->Write(BytesOf("last words"));
    server_.reset();
  };
  connected_.on_closed = [this] { loop_.Stop(); };
  loop_.Run();
  EXPECT_EQ(connected_.received, "last words");
  EXPECT_EQ(connected_.error, "");
}

// Who says no more may still listen.
TEST_F(TcpLinkTest, LastWordsAreNotLostToAnEndOfFile) {
  const std::string much(8 << 20, 'x');
  on_accept_ = [this, &much] {
    const int client = FileConnectedTo(listener_->address().ToString());
    ASSERT_GE(client, 0);
    server_->Write(BytesOf(much));
    EXPECT_GT(server_->unsent(), 0U);
    server_.reset();
    ASSERT_EQ(::shutdown(client, SHUT_WR), 0);
  };
  Ticker later(loop_, std::chrono::milliseconds(50), [this] {
    client_->Resume();  // it has read nothing before the end of file
  });
  later.Start();
  connected_.on_closed = [this] { loop_.Stop(); };
  loop_.Run();
  EXPECT_EQ(connected_.received.size(), much.size());
  EXPECT_EQ(connected_.error, "");
}

TEST_F(TcpLinkTest, APortThatNobodyListensOnIsAnError) {
  const SocketAddress address = listener_->address();
  listener_.reset();
  Recorder refused;
  std::unique_ptr<TcpLink> link;
  refused.on_closed = [this] { loop_.Stop(); };
  Waker later(loop_,
              [&] { link = *TcpLink::Connect(loop_, refused, address); });
  later.Wake();
  loop_.Run();
  EXPECT_EQ(refused.error, "connection refused");
}

// E4: beyond the limit connections wait in the kernel; none is dropped.
TEST_F(TcpLinkTest, AListenerThatDoesNotAcceptLosesNothing) {
  const Waker alive(loop_, [] {});
  listener_->SetAccepting(false);
  int ticks = 0;
  Ticker ticker(loop_, std::chrono::milliseconds(20), [&] {
    if (++ticks < 5) return;
    ticker.Stop();
    EXPECT_EQ(accepted_count_, 0);
    listener_->SetAccepting(true);
  });
  ticker.Start();
  on_accept_ = [this] { loop_.Stop(); };
  loop_.Run();
  EXPECT_EQ(accepted_count_, 1);
}

// E4: the loop goes on, and so does accepting once there are files again.
TEST_F(TcpLinkTest, AListenerWithoutAFileLeftTellsItOnceAndRests) {
  listener_.reset();
  std::vector<std::string> told;
  auto opened = Listener::Open(
      loop_, *SocketAddress::Parse("127.0.0.1", 0),
      [this](std::unique_ptr<TcpLink> link) {
        server_ = std::move(link);
        loop_.Stop();
      },
      [&told](const std::string& why) { told.push_back(why); });
  ASSERT_TRUE(opened.ok()) << opened.error();
  listener_ = std::move(*opened);
  client_ = *TcpLink::Connect(loop_, connected_, listener_->address());
  auto no_file_left = std::make_unique<NoFileLeft>();
  int ticks = 0;
  Ticker ticker(loop_, std::chrono::milliseconds(50), [&] {
    if (++ticks == 10) no_file_left.reset();
  });
  ticker.Start();
  loop_.Run();
  EXPECT_NE(server_, nullptr);
  EXPECT_GE(ticks, 10);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_NE(told[0].find("Too many open files"), std::string::npos) << told[0];
}

TEST(Listener, SaysWhichAddressAndWhy) {
  Loop loop;
  const auto listener = Listener::Open(
      loop, *SocketAddress::Parse("192.0.2.1", 5269), [](auto) {});
  ASSERT_FALSE(listener.ok());
  EXPECT_EQ(listener.error(),
            "cannot listen on 192.0.2.1:5269: Cannot assign requested address");
}

TEST(Listener, SharesItsPortWithTheOtherShards) {
  Loop loop;
  auto first =
      Listener::Open(loop, *SocketAddress::Parse("127.0.0.1", 0), [](auto) {});
  ASSERT_TRUE(first.ok());
  auto second = Listener::Open(loop, (*first)->address(), [](auto) {});
  EXPECT_TRUE(second.ok());
}

TEST(Listener, TellsThatAnAddressIsTaken) {
  Loop loop;
  auto first =
      Listener::Open(loop, *SocketAddress::Parse("127.0.0.1", 0), [](auto) {});
  ASSERT_TRUE(first.ok());
  const SocketAddress address = (*first)->address();
  EXPECT_EQ(
      Listener::WhyTaken(address),
      "cannot listen on " + address.ToString() + ": Address already in use");
  first->reset();
  EXPECT_EQ(Listener::WhyTaken(address), "");
}

}  // namespace
}  // namespace danegate
