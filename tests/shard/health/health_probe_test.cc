#include "proxy/shard/health/health_probe.h"

#include <gtest/gtest.h>

#include "proxy/net/listener.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A server on loopback that says `words` to whoever connects, and keeps the
// connection.
class HealthProbeTest : public testing::Test, private LinkOwner {
 protected:
  void Listen(std::string words) {
    auto listener = Listener::Open(
        loop_, *SocketAddress::Parse("127.0.0.1", 0),
        [this, words](std::unique_ptr<TcpLink> link) {
          Listener::Adopt(*link, *this);
          link->Resume();
          link->Write(std::as_bytes(std::span(words)));
          links_.push_back(std::move(link));
        },
        [](const std::string& why) { ADD_FAILURE() << why; });
    ASSERT_TRUE(listener.ok());
    listener_ = std::move(*listener);
    port_ = listener_->address().port();
  }

  // What the check comes to; `limit`: as if so much time had passed.
  std::string Check(HealthCheck check, Duration limit = Duration::zero(),
                    const std::string& secret = "") {
    HealthTarget target{
        .host = "127.0.0.1", .port = port_, .check = check, .secret = secret};
    if (check == HealthCheck::kXmpp) target.to = Domain_("acme.example");
    HealthProbe probe(loop_, context_, target, Domain_("edge.example"),
                      ReadNow().monotonic);
    const Instant end = ReadNow().monotonic + seconds(5);
    Ticker ticker(loop_, milliseconds(5), [&] {
      const Instant now = ReadNow().monotonic;
      probe.OnTime(now + limit);
      if (probe.outcome() || now > end) loop_.Stop();
    });
    Waker keeps_the_loop_alive(loop_, [] {});
    ticker.Start();
    loop_.Run();
    return probe.outcome().value_or("no outcome");
  }

 private:
  static Domain Domain_(const char* name) { return *Domain::Parse(name); }
  void OnConnected() override {}
  void OnBytes(std::span<const std::byte>) override {}
  void OnDrained() override {}
  void OnLinkClosed(const std::string&) override {}

  Loop loop_;
  ClientContext context_;
  std::uint16_t port_ = 0;
  std::vector<std::unique_ptr<TcpLink>> links_;

 protected:
  std::unique_ptr<Listener> listener_;
};

TEST_F(HealthProbeTest, AConnectionThatIsTakenIsEnoughForTcp) {
  Listen("");
  EXPECT_EQ(Check(HealthCheck::kTcp), "");
}

TEST_F(HealthProbeTest, WhereNobodyListensItSaysSo) {
  Listen("");
  listener_.reset();
  EXPECT_NE(Check(HealthCheck::kTcp).find("refused"), std::string::npos);
  EXPECT_NE(Check(HealthCheck::kXmpp).find("refused"), std::string::npos);
}

TEST_F(HealthProbeTest, AServerThatSaysNothingFailsTheCheckByXmpp) {
  Listen("");
  EXPECT_EQ(Check(HealthCheck::kXmpp, seconds(3)), "no answer within 3 s");
}

TEST_F(HealthProbeTest, AServerThatIsNoneOfXmppFailsTheCheckByXmpp) {
  Listen("220 mail.example ESMTP\r\n");
  EXPECT_NE(Check(HealthCheck::kXmpp), "");
}

TEST_F(HealthProbeTest, AServerThatKnowsNotTheDomainFailsTheCheckByXmpp) {
  Listen(
      "<stream:stream xmlns='jabber:server' version='1.0' id='a' "
      "xmlns:stream='http://etherx.jabber.org/streams'><stream:error>"
      "<host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
      "</stream:error></stream:stream>");
  EXPECT_NE(Check(HealthCheck::kXmpp).find("host-unknown"), std::string::npos);
}

TEST_F(HealthProbeTest, AHandOffBeginsWithAChallenge) {
  const struct {
    std::string words;
    const char* outcome;
  } rows[] = {
      {"danegate-1 taken " + std::string(64, '0') + "\r\n",
       "it is no server with mod_danegate"},
      {"danegate-1 challenge " + std::string(64, '0') + "\r\nmore",
       "it spoke out of turn"},
      {"220 mail.example ESMTP\r\n", "it is no server with mod_danegate"},
  };
  for (const auto& row : rows) {
    Listen(row.words);
    EXPECT_EQ(Check(HealthCheck::kXmpp, Duration::zero(), "secret"),
              row.outcome);
  }
}

TEST_F(HealthProbeTest, AHandOffThatIsNotAnsweredFailsTheCheck) {
  Listen("danegate-1 challenge " + std::string(64, '0') + "\r\n");
  EXPECT_EQ(
      Check(HealthCheck::kXmpp, seconds(3), "secret"),
      "no answer within 3 s: mod_danegate speaks first; is this its port?");
}

}  // namespace
}  // namespace danegate
