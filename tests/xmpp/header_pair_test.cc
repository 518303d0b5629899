// Dialback where EXTERNAL is offered: for the header's own pair, or beside it.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/support/ingress_script.h"
#include "tests/support/stanza_texts.h"

namespace danegate {
namespace {

using namespace std::chrono_literals;

const std::string kHeaderMessage =
    MessageStanza("peer.example", "tenant.example");

TEST(HeaderPair, NeedsNoSasl) {  // G-51
  for (const bool ready : {false, true}) {
    IngressScript script;
    script.may_dial_back = true;
    script.backend_ready = ready;
    script.ReachAuth();
    EXPECT_TRUE(script.Sent("</mechanisms><dialback "));  // G-40
    script.Forget();
    script.Peer(DbResult("peer.example", "tenant.example"));
    if (!ready) script.BackendReady();
    EXPECT_EQ(script.done, std::vector<std::string>{"restart"});
    EXPECT_EQ(script.sent, DbValid("peer.example", "tenant.example"));
    script.Peer(kHeaderMessage);
    EXPECT_EQ(script.relayed_by[0], kHeaderMessage);
  }
}

TEST(HeaderPair, MayWaitForASlowBackend) {  // E1
  IngressScript script;
  script.backend_ready = false;
  script.ReachAuth();
  script.Wait(15s);
  script.Peer(DbResult("peer.example", "tenant.example"));
  EXPECT_EQ(script.stream.deadline(), script.now + 45s);
}

TEST(HeaderPair, IsLeftToExternalOnceAnotherPairHasFailed) {
  IngressScript script;
  script.ReachAuth();
  script.outcome = Outcome::kDisproved;
  script.Peer(DbResult("b.example", "tenant.example"));
  EXPECT_TRUE(script.Sent(StanzaError("not-authorized")));
  script.Peer(std::string(kAuth) + PeerHeader());
  EXPECT_TRUE(script.stream.established());
}

TEST(HeaderPair, FailsWithItsBackend) {
  IngressScript script;
  script.backend_ready = false;
  script.ReachAuth();
  script.BackendFailed(BackendFailure::Kind::kUnreachable);
  script.Peer(DbResult("peer.example", "tenant.example"));
  EXPECT_TRUE(script.Sent(StanzaError("remote-server-timeout")));
  EXPECT_EQ(script.Condition(), "open");
}

TEST(HeaderPair, EndsTheStreamWhenItsBackendFailsLater) {
  IngressScript script;
  script.may_dial_back = true;
  script.ReachAuth();
  script.Peer(DbResult("peer.example", "tenant.example"));
  script.BackendFailed(BackendFailure::Kind::kUnreachable);
  EXPECT_EQ(script.Condition(), "internal-server-error");
  EXPECT_TRUE(script.Did("close backend-failed"));
}

TEST(HeaderPair, GivesUpItsLegWhereAnotherPairIsFirst) {
  IngressScript script;
  script.ReachAuth();
  script.Forget();
  script.Peer(DbResult("b.example", "tenant.example"));
  EXPECT_TRUE(script.Did("drop"));
  EXPECT_TRUE(script.stream.established());
  script.BackendClosed(std::nullopt);  // as was asked for
  EXPECT_EQ(script.Condition(), "open");
  script.Peer(kHeaderMessage);
  EXPECT_EQ(script.Condition(), "invalid-from");
}

TEST(HeaderPair, FollowsAFailureOfExternal) {  // B-17
  IngressScript script;
  script.ReachAuth();
  script.Peer(
      "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' "
      "mechanism='PLAIN'>=</auth>");
  script.Peer(DbResult("peer.example", "tenant.example"));
  EXPECT_TRUE(script.stream.established());
}

TEST(HeaderPair, LetsDialbackBeOfferedAfterARestartToo) {  // G-40
  IngressScript script;
  script.may_dial_back = true;
  script.ReachSuccess();
  script.Forget();
  script.Peer(PeerHeader());
  EXPECT_TRUE(script.Sent("<stream:features><dialback "));
}

}  // namespace
}  // namespace danegate
