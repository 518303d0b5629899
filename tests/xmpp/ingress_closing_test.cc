// An established stream that we end: what still passes, and when it is over
//
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/support/ingress_script.h"

namespace danegate {
namespace {

using namespace std::chrono_literals;

const std::string kMessage =
    "<message from='a@peer.example/x' to='b@tenant.example'>"
    "<body>hello</body></message>";
const std::string kShutdown =
    "<stream:error><system-shutdown "
    "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>";

// An established stream that is drained.
struct Draining : IngressScript {
  explicit Draining(std::string_view before = "") {
    Establish();
    Peer(before);
    OnDrain();
  }
  bool IsDrained() const {
    return Condition() == "system-shutdown" && done.back() == "close drained";
  }
};

TEST(IngressClosing, TellsThePeerAtOnce) {
  Draining script(kMessage);
  EXPECT_TRUE(script.sent.starts_with(kShutdown)) << script.sent;
  EXPECT_TRUE(script.sent.ends_with("</stream:error></stream:stream>"));
  EXPECT_EQ(script.Condition(), "open");
  EXPECT_EQ(script.stream.deadline(), script.now + 2s);
}

TEST(IngressClosing, RelaysWhatCrossesOurClose) {
  Draining script(kMessage.substr(0, 30));
  script.Peer(kMessage.substr(30) + kMessage);
  script.Peer(" " + kMessage.substr(0, 5));
  script.Peer(kMessage.substr(5) + "</stream:stream>" + kMessage);
  EXPECT_EQ(script.relayed, kMessage + kMessage + kMessage);
  EXPECT_TRUE(script.IsDrained());
  EXPECT_EQ(script.writes, 1);
}

TEST(IngressClosing, EndsWhenThePeerCloses) {
  for (const bool clean : {true, false}) {
    Draining script;
    script.PeerClosed(clean);
    EXPECT_TRUE(script.IsDrained());
    EXPECT_EQ(script.writes, 1);
  }
}

TEST(IngressClosing, WaitsForASilentPeerOnlySoLong) {
  Draining script;
  const auto begun = script.now;
  script.Wait(1s);
  script.Peer(kMessage);
  script.OnDrain();  // changes nothing any more
  script.Reverified(Outcome::kDisproved);
  script.Expire();
  EXPECT_EQ(script.now - begun, 2s);
  EXPECT_EQ(script.relayed, kMessage);
  EXPECT_TRUE(script.IsDrained());
  EXPECT_EQ(script.writes, 1);
}

TEST(IngressClosing, RelaysNoPartOfAStanza) {
  Draining script(kMessage + kMessage.substr(0, 30));
  script.Peer(kMessage.substr(30, 5));
  script.Expire();
  EXPECT_EQ(script.relayed, kMessage);
  EXPECT_TRUE(script.IsDrained());
}

TEST(IngressClosing, StillGuards) {  // L-02
  Draining script;
  script.Peer("<message from='a@evil.example' to='b@tenant.example'/>" +
              kMessage);
  EXPECT_EQ(script.relayed, "");
  EXPECT_TRUE(script.IsDrained());
  EXPECT_EQ(script.writes, 1);
}

TEST(IngressClosing, EndsWithItsBackend) {
  Draining closed;
  closed.BackendClosed(std::nullopt);
  EXPECT_TRUE(closed.IsDrained());
  EXPECT_EQ(closed.writes, 1);
  Draining failed;
  failed.BackendFailed(BackendFailure::Kind::kUnreachable);
  EXPECT_TRUE(failed.IsDrained());
  EXPECT_EQ(failed.writes, 1);
}

TEST(IngressClosing, GivesUpPairsThatWaitForAnAnswer) {
  IngressScript script;
  script.Establish();
  script.outcome = Outcome::kAbsent;
  script.may_dial_back = true;
  script.Peer("<db:result from='b.example' to='tenant.example'>k</db:result>");
  script.Peer(
      "<db:verify from='b.example' to='tenant.example' id='i'>k"
      "</db:verify>");
  script.OnDrain();
  EXPECT_TRUE(script.Did("#1 drop"));
  script.Forget();
  script.KeyIsRight(1);
  script.KeyChecked(1, KeyAnswer::kValid);
  script.Peer("<db:result from='c.example' to='tenant.example'>k</db:result>");
  script.Peer("<db:what/>" + kMessage);
  EXPECT_EQ(script.sent, "");
  EXPECT_TRUE(script.done.empty());
  EXPECT_EQ(script.relayed, kMessage);
  script.Expire();
  EXPECT_EQ(script.Condition(), "system-shutdown");
}

TEST(IngressClosing, IsForEstablishedStreamsOnly) {
  IngressScript script;
  script.ReachSuccess();
  script.OnDrain();
  EXPECT_EQ(script.Condition(), "system-shutdown");
}

// --- the tenant is gone, or has moved ---------------------------------------

TEST(IngressClosing, SaysThatTheHostIsGone) {
  IngressScript script;
  script.Establish();
  script.Peer(kMessage);
  script.HostGone(kHeaderPair);
  EXPECT_TRUE(script.Sent("<host-gone xmlns=")) << script.sent;
  EXPECT_TRUE(script.Sent("tenant.example is not served here any more"));
  script.Peer(kMessage + "</stream:stream>");
  EXPECT_EQ(script.relayed, kMessage + kMessage);
  EXPECT_EQ(script.done.back(), "close host-gone");
}

TEST(IngressClosing, SaysSoBeforeTheStreamIsUp) {
  IngressScript script;
  script.answers_verify = false;
  script.ReachAuth();
  script.HostGone(kHeaderPair);
  EXPECT_EQ(script.Condition(), "host-gone");
  EXPECT_EQ(script.done.back(), "close host-gone");
}

TEST(IngressClosing, ResetsSoThatThePeerComesAgain) {
  IngressScript script;
  script.Establish();
  script.Reset("the tenant has moved");
  EXPECT_TRUE(script.Sent("<reset xmlns="));
  EXPECT_TRUE(script.Sent("the tenant has moved"));
  script.PeerClosed(true);
  EXPECT_EQ(script.done.back(), "close reconfigured");
}

}  // namespace
}  // namespace danegate
