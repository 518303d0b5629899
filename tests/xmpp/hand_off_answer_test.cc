// The hand-off without TLS and SASL: what the backend's answer decides.
#include "proxy/xmpp/hand_off_answer.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "proxy/xmpp/limits.h"
#include "tests/xmpp/egress_script.h"

namespace danegate {
namespace {

using namespace std::chrono_literals;
using Done = std::vector<std::string>;

const std::string kTaken = "danegate-1 taken " + std::string(64, 'a');

EgressScript Begin() { return EgressScript(false, kTaken); }

TEST(HandOffAnswer, MakesTheStreamReadyWithoutTlsAndSasl) {
  auto script = Begin();
  EXPECT_EQ(script.sent, "");  // the header in front of it is our owner's
  script.Server(kTaken + "\r\n");
  EXPECT_EQ(script.done, Done{"ready"});
  EXPECT_EQ(script.sent, "");
  EXPECT_EQ(script.stream.deadline(), Instant::Never());
  script.Restart({{{"x", "urn:x"}}, "de"});
  EXPECT_EQ(script.sent,
            "<?xml version='1.0'?><stream:stream xmlns='jabber:server' "
            "xmlns:stream='http://etherx.jabber.org/streams' "
            "xmlns:db='jabber:server:dialback' xmlns:x='urn:x' "
            "from='peer.example' to='tenant.example' xml:lang='de' "
            "version='1.0'>");
  script.Server(ServerHeader() + Features(""));
  EXPECT_EQ(script.done, (Done{"ready", "features "}));
  EXPECT_EQ(script.stream.deadline(), Instant::Never());
}

TEST(HandOffAnswer, IsReadOctetByOctet) {
  auto script = Begin();
  for (const char& octet : kTaken + "\r") {
    script.Server({&octet, 1});
    EXPECT_TRUE(script.done.empty());
  }
  script.Server("\n");
  EXPECT_EQ(script.done, Done{"ready"});
}

struct Row {
  const char* claim;
  std::string input;
  const char* reason;
  const char* detail;  // a part of it
};

TEST(HandOffAnswer, IsGivenUpUnlessItIsRight) {
  const std::string other = "danegate-1 taken " + std::string(64, 'b');
  const Row rows[] = {
      {"of another secret", other + "\r\n", "bad-stream",
       "does not know the secret"},
      {"of no secret", "danegate-1 taken \r\n", "bad-stream",
       "does not know the secret"},
      {"cut short", kTaken.substr(0, kTaken.size() - 1) + "\r\n", "bad-stream",
       "does not know the secret"},
      {"too long", kTaken + "a\r\n", "bad-stream", "does not know the secret"},
      {"a server without the module", ServerHeader() + "\r\n", "bad-stream",
       "mod_danegate"},
      {"a later version", "danegate-2 taken x\r\n", "bad-stream",
       "mod_danegate"},
      {"no line", std::string(limits::kHandOffAnswerBytes, 'x'), "bad-stream",
       "something else than a line"},
      {"a refusal", "danegate-1 refused the clock is off\r\n", "auth-failed",
       "it refused the hand-off: the clock is off"},
      {"E6 a refusal that is no text", "danegate-1 refused \x1b[2J\r\n",
       "bad-stream", "mod_danegate"},
      {"something behind it", kTaken + "\r\n<", "bad-stream",
       "before our header"},
      {"much behind it", kTaken + "\r\n" + std::string(4096, 'x'), "bad-stream",
       "before our header"},
  };
  for (const auto& row : rows) {
    auto script = Begin();
    script.Server(row.input);
    ASSERT_TRUE(script.closed) << row.claim;
    EXPECT_EQ(script.done.size(), 1U) << row.claim;  // never ready
    EXPECT_EQ(script.closed->reason, row.reason) << row.claim;
    EXPECT_NE(script.closed->detail.find(row.detail), std::string::npos)
        << row.claim << ": " << script.closed->detail;
    EXPECT_EQ(script.sent, "") << row.claim;  // no stream, so none is closed
  }
}

TEST(HandOffAnswer, OfRefusalIsNoFaultOfTheBackend) {  // E12
  auto script = Begin();
  script.Server("danegate-1 refused this host does not exist\r\n");
  ASSERT_TRUE(script.closed->failure);
  EXPECT_EQ(script.closed->failure->text, "this host does not exist");
}

TEST(HandOffAnswer, IsWaitedForAsLongAsAnyStep) {  // E1
  auto script = Begin();
  EXPECT_EQ(script.stream.deadline(), script.now + 10s);
  script.Expire();
  EXPECT_EQ(script.done, Done{"close deadline"});
  EXPECT_NE(script.closed->detail.find("its answer to the hand-off"),
            std::string::npos);
}

TEST(HandOffAnswer, ThatDoesNotComeIsExplained) {
  for (const bool clean : {true, false}) {
    auto script = Begin();
    script.Closed(clean);
    EXPECT_EQ(script.done, Done{"close truncated"});
    EXPECT_NE(script.closed->detail.find("its log"), std::string::npos);
  }
}

TEST(HandOffAnswer, IsTheLastThatComesBeforeOurHeader) {
  auto script = Begin();
  script.Server(kTaken + "\r\n");
  script.Server(ServerHeader());
  EXPECT_EQ(script.done, (Done{"ready", "close bad-stream"}));
  EXPECT_EQ(script.sent, "");
  script.Restart();  // comes too late, and is ignored
  EXPECT_EQ(script.sent, "");
}

TEST(HandOffAnswer, IsNotMadeUpByTls) {
  auto script = Begin();
  script.Tls();
  EXPECT_TRUE(script.done.empty());
}

TEST(HandOffAnswer, IsFollowedByNothingIfTheStreamIsNotNeeded) {
  for (const bool taken : {false, true}) {
    auto script = Begin();
    if (taken) script.Server(kTaken + "\r\n");
    script.done.clear();
    script.Finish();
    EXPECT_EQ(script.sent, "");
    EXPECT_EQ(script.done, Done{"close closed"});
  }
}

TEST(HandOffAnswer, LeadsToAStreamThatEndsAsAnyOther) {
  auto script = Begin();
  script.Server(kTaken + "\r\n");
  script.Restart();
  script.Server(ServerHeader() + Features(""));
  script.sent.clear();
  script.done.clear();
  script.Server("<message/>");  // G-38
  script.Finish();
  EXPECT_EQ(script.sent, "</stream:stream>");
  script.Server("</stream:stream>");
  EXPECT_EQ(script.done, Done{"close closed"});
}

TEST(HandOffAnswer, DoesNotHideWhatTheBackendSaysOfOurHeader) {
  auto script = Begin();
  script.Server(kTaken + "\r\n");
  script.Restart();
  script.Server(ServerHeader() +
                "<stream:error><improper-addressing "
                "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>");
  EXPECT_EQ(script.closed->error->condition,
            StreamCondition::kImproperAddressing);
}

}  // namespace
}  // namespace danegate
