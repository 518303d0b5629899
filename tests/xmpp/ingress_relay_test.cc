// The authenticated stream: restart, relay, ends.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/support/ingress_script.h"

namespace danegate {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kMessage =
    "<message from='a@peer.example/x' to='b@tenant.example'>"
    "<body>hello</body></message>";

TEST(IngressRelay, RefusesAHeaderThatChangedAfterSuccess) {  // A-19
  const char* rows[] = {
      "from='evil.example' to='tenant.example' version='1.0'",
      "from='peer.example' to='other.example' version='1.0'",
      "to='tenant.example' version='1.0'",
      "from='peer.example' version='1.0'",
  };
  for (const char* attributes : rows) {
    IngressScript script;
    script.ReachSuccess();
    script.Forget();
    script.Peer(PeerHeader(attributes));
    EXPECT_EQ(script.Condition(), "improper-addressing") << attributes;
    EXPECT_FALSE(script.Did("restart")) << attributes;
    EXPECT_EQ(script.writes, 1);
  }
}

TEST(IngressRelay, TakesTheSameNamesInAnotherSpelling) {  // A-21
  IngressScript script;
  script.ReachSuccess();
  script.Peer(
      PeerHeader("from='Peer.Example' to='TENANT.example.' version='1.0'"));
  EXPECT_TRUE(script.stream.established());
}

TEST(IngressRelay, RelaysStanzasByteForByte) {  // D5
  IngressScript script;
  script.Establish();
  script.Peer(std::string(kMessage) + "\n" + std::string(kMessage));
  EXPECT_EQ(script.relayed, std::string(kMessage) + std::string(kMessage));
  EXPECT_EQ(script.stanzas, 2u);
}

TEST(IngressRelay, RelaysWhatCameWhileTheBackendRestarted) {
  IngressScript script;
  script.answers_restart = false;
  script.ReachSuccess();
  script.Peer(PeerHeader() + std::string(kMessage) + "<message ");
  EXPECT_EQ(script.relayed, "");
  script.BackendFeatures("");
  EXPECT_EQ(script.relayed, kMessage);
}

TEST(IngressRelay, EndsInOrderWhenThePeerCloses) {  // A-100
  IngressScript script;
  script.Establish();
  script.Peer(std::string(kMessage) + "</stream:stream>");
  EXPECT_EQ(script.relayed, kMessage);
  EXPECT_EQ(script.sent, "</stream:stream>");
  EXPECT_TRUE(script.Did("close closed"));
}

TEST(IngressRelay, EndsInOrderWhenTheHeaderWasEmpty) {
  IngressScript script;
  script.ReachSuccess();
  auto header = PeerHeader();
  header.insert(header.size() - 1, "/");
  script.Peer(header);
  EXPECT_TRUE(script.Did("close closed"));
}

TEST(IngressRelay, RelaysNoPartOfAStanza) {  // A-101
  IngressScript script;
  script.Establish();
  script.Peer(std::string(kMessage) + "<message from='a@peer.example' to='b@");
  script.PeerClosed(false);
  EXPECT_EQ(script.relayed, kMessage);
  EXPECT_TRUE(script.Did("close truncated"));
}

TEST(IngressRelay, EndsWithTheGuardsError) {
  IngressScript script;
  script.Establish();
  script.Peer(std::string(kMessage) +
              "<message from='a@evil.example' to='b@tenant.example'/>");
  EXPECT_EQ(script.relayed, kMessage);
  EXPECT_EQ(script.Condition(), "invalid-from");
  EXPECT_TRUE(script.Did("close bad-stanza"));
  EXPECT_TRUE(script.sent.starts_with("<stream:error><invalid-from"));
}

TEST(IngressRelay, TakesThePeersError) {
  IngressScript script;
  script.Establish();
  script.Peer(
      "<stream:error><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
      "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>new key</text>"
      "</stream:error></stream:stream>");
  EXPECT_EQ(script.Condition(), "reset");
  EXPECT_EQ(script.closed->error->text, "new key");
  EXPECT_TRUE(script.Did("close peer-error"));
}

TEST(IngressRelay, PassesOnWhatTheBackendSaysAboutThePeer) {
  const std::pair<StreamCondition, const char*> rows[] = {
      {StreamCondition::kSystemShutdown, "system-shutdown"},
      {StreamCondition::kReset, "reset"},
      {StreamCondition::kPolicyViolation, "policy-violation"},
      {StreamCondition::kNotAuthorized, "internal-server-error"},
      {StreamCondition::kInvalidFrom, "internal-server-error"},
  };
  for (const auto& [said, told] : rows) {
    IngressScript script;
    script.Establish();
    script.BackendClosed(StreamError{said, ""});
    EXPECT_EQ(script.Condition(), told);
    EXPECT_TRUE(script.Did("close backend-failed"));
  }
}

TEST(IngressRelay, ResetsWhenTheBackendCloses) {
  IngressScript script;
  script.Establish();
  script.BackendClosed(std::nullopt);
  EXPECT_EQ(script.Condition(), "reset");
}

TEST(IngressRelay, RestsWhenIdleAndWakesWithTheNextStanza) {  // P4
  IngressScript script;
  script.Establish();
  EXPECT_NE(script.stream.rest_at(), Instant::Never());
  script.Peer(kMessage);
  script.now = script.now + 9s;
  script.Peer(kMessage);
  script.now = script.now + 1s;
  script.stream.Rest(script.now);  // was not idle for long enough
  EXPECT_EQ(script.stream.rest_at(), script.now + 9s);
  script.now = script.now + 9s;
  script.stream.Rest(script.now);
  EXPECT_EQ(script.stream.rest_at(), Instant::Never());
  script.Peer(kMessage);
  EXPECT_NE(script.stream.rest_at(), Instant::Never());
  EXPECT_EQ(script.stanzas, 3u);
}

TEST(IngressRelay, StaysOpenWhenIdle) {  // A-102
  IngressScript script;
  script.Establish();
  for (int i = 0; i < 2000; ++i) {
    script.Wait(60s);
    script.Peer(" ");
  }
  EXPECT_EQ(script.Condition(), "open");
  EXPECT_EQ(script.relayed, "");
}

}  // namespace
}  // namespace danegate
