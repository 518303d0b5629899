// A link with or without TLS, over loopback.
#include "proxy/shard/secure_link.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>

#include "proxy/net/listener.h"
#include "proxy/net/loop.h"

namespace danegate {
namespace {

class Recorder final : public SecureLinkOwner {
 public:
  void OnConnected() override { ++events; }
  void OnTlsEstablished() override { ++events; }
  void OnPlaintext(std::span<const std::byte>) override { ++events; }
  void OnDrained() override { ++events; }
  void OnEnded(const LinkEnd&) override { ++events; }

  int events = 0;
};

class SecureLinkTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Listener::Open(loop_, *SocketAddress::Parse("127.0.0.1", 0),
                                 [this](std::unique_ptr<TcpLink> link) {
                                   accepted_ = std::move(link);
                                   loop_.Stop();
                                 });
    ASSERT_TRUE(opened.ok()) << opened.error();
    listener_ = *std::move(opened);
    guard_.Start();
  }

  std::unique_ptr<SecureLink> Connect(SecureLinkOwner& owner) {
    auto link = std::make_unique<SecureLink>(owner);
    link->Attach(*TcpLink::Connect(loop_, *link, listener_->address()));
    return link;
  }
  // Returns once the connection stands, and the connecting side knows it.
  void RunUntilAccepted() {
    loop_.Run();
    Waker later(loop_, [this] { loop_.Stop(); });
    later.Wake();
    loop_.Run();
  }

  Loop loop_;
  Ticker guard_{loop_, std::chrono::seconds(10), [this] {
                  ADD_FAILURE() << "nothing happened in time";
                  loop_.Stop();
                }};
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<TcpLink> accepted_;
};

TEST_F(SecureLinkTest, TellsThatItIsConnected) {
  Recorder owner;
  const auto link = Connect(owner);
  RunUntilAccepted();
  EXPECT_EQ(owner.events, 1);
}

// Its owner may have gone on to another address.
TEST_F(SecureLinkTest, OneThatIsClosedWhileItConnectsTellsNothing) {
  Recorder owner;
  const auto link = Connect(owner);
  link->Close();
  RunUntilAccepted();
  EXPECT_EQ(owner.events, 0);
}

}  // namespace
}  // namespace danegate
