// The hand-off without TLS and SASL: what the backend's words decide.
#include "proxy/xmpp/hand_off_exchange.h"

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

constexpr char kHeader[] = "a header";
constexpr char kSecret[] = "0123456789abcdef0123456789abcdef";
const std::string kChallenge(64, 'c');

std::string Digest(const std::string& what, const std::string& text) {
  const std::string label = "danegate hand-off 1 " + what + '\0';
  return std::string(AsText(HmacSha256(kSecret, label + text)));
}

const std::string kSeal = Digest("header", kChallenge + kHeader);
const std::string kTaken = "danegate-1 taken " + Digest("taken", kSeal);
const std::string kSealed = kHeader + std::string("\xE1\0\x40", 3) + kSeal;

std::string Refusal(const std::string& why) {
  return "danegate-1 refused " + Digest("refused", kSeal + why) + " " + why;
}

EgressScript BeforeChallenge() {
  return EgressScript(false, HandOffOffer{kHeader, kSecret});
}

// Our header is out.
struct Begun : EgressScript {
  Begun() : EgressScript(false, HandOffOffer{kHeader, kSecret}) {
    EXPECT_EQ(sent, "");
    Server("danegate-1 challenge " + kChallenge + "\r\n");
    EXPECT_EQ(sent, kSealed);
    EXPECT_TRUE(done.empty());
    sent.clear();
  }
};

TEST(HandOffExchange, MakesTheStreamReadyWithoutTlsAndSasl) {
  Begun script;
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

TEST(HandOffExchange, IsReadOctetByOctet) {
  auto script = BeforeChallenge();
  for (const char& octet : "danegate-1 challenge " + kChallenge + "\r\n") {
    EXPECT_EQ(script.sent, "");
    script.Server({&octet, 1});
  }
  EXPECT_EQ(script.sent, kSealed);
  for (const char& octet : kTaken + "\r\n") {
    EXPECT_TRUE(script.done.empty());
    script.Server({&octet, 1});
  }
  EXPECT_EQ(script.done, Done{"ready"});
}

TEST(HandOffExchange, ShowsNothingToWhoeverHasNoChallenge) {
  const std::string rows[] = {
      kTaken,
      "danegate-1 challenge " + kChallenge.substr(1),
      "danegate-1 challenge " + kChallenge + "c",
      "danegate-1 challenge " + kChallenge.substr(1) + "C",
      "danegate-2 challenge " + kChallenge,
      ServerHeader(),
      "",
  };
  for (const auto& row : rows) {
    auto script = BeforeChallenge();
    script.Server(row + "\r\n");
    EXPECT_EQ(script.done, Done{"close bad-stream"}) << row;
    EXPECT_NE(script.closed->detail.find("mod_danegate"), std::string::npos);
    EXPECT_EQ(script.sent, "") << row;
  }
}

struct Row {
  const char* claim;
  std::string input;
  const char* reason;
  const char* detail;  // a part of it
};

TEST(HandOffExchange, IsGivenUpUnlessItIsRight) {
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
      {"no line", std::string(limits::kHandOffLineBytes, 'x'), "bad-stream",
       "something else than a line"},
      {"a refusal", Refusal("no such host") + "\r\n", "auth-failed",
       "it refused the hand-off: no such host"},
      {"E6 a refusal that is no text", Refusal("\x1b[2J") + "\r\n",
       "bad-stream", "without knowing the secret"},
      {"another refusal than is proved", Refusal("no") + "!\r\n", "bad-stream",
       "without knowing the secret"},
      {"a refusal by anybody", "danegate-1 refused no such host\r\n",
       "bad-stream", "without knowing the secret"},
      {"an empty refusal", "danegate-1 refused \r\n", "bad-stream",
       "without knowing the secret"},
      {"another challenge", "danegate-1 challenge " + kChallenge + "\r\n",
       "bad-stream", "mod_danegate"},
      {"something behind it", kTaken + "\r\n<", "bad-stream", "out of turn"},
      {"much behind it", kTaken + "\r\n" + std::string(4096, 'x'), "bad-stream",
       "out of turn"},
  };
  for (const auto& row : rows) {
    Begun script;
    script.Server(row.input);
    ASSERT_TRUE(script.closed) << row.claim;
    EXPECT_EQ(script.done.size(), 1U) << row.claim;  // never ready
    EXPECT_EQ(script.closed->reason, row.reason) << row.claim;
    EXPECT_NE(script.closed->detail.find(row.detail), std::string::npos)
        << row.claim << ": " << script.closed->detail;
    EXPECT_EQ(script.sent, "") << row.claim;  // no stream, so none is closed
  }
}

TEST(HandOffExchange, OfRefusalIsNoFaultOfTheBackend) {  // E12
  Begun script;
  script.Server(Refusal("this host does not exist") + "\r\n");
  ASSERT_TRUE(script.closed->failure);
  EXPECT_EQ(script.closed->failure->text, "this host does not exist");
}

TEST(HandOffExchange, IsWaitedForAsLongAsAnyStep) {  // E1
  Begun script;
  EXPECT_EQ(script.stream.deadline(), script.now + 10s);
  script.Expire();
  EXPECT_EQ(script.done, Done{"close deadline"});
  EXPECT_NE(script.closed->detail.find("its part of the hand-off"),
            std::string::npos);
}

TEST(HandOffExchange, ThatDoesNotComeIsExplained) {
  for (const bool clean : {true, false}) {
    Begun script;
    script.Closed(clean);
    EXPECT_EQ(script.done, Done{"close truncated"});
    EXPECT_NE(script.closed->detail.find("its log"), std::string::npos);
  }
}

TEST(HandOffExchange, IsTheLastThatComesBeforeOurHeader) {
  Begun script;
  script.Server(kTaken + "\r\n");
  script.Server(ServerHeader());
  EXPECT_EQ(script.done, (Done{"ready", "close bad-stream"}));
  EXPECT_EQ(script.sent, "");
  script.Restart();  // comes too late, and is ignored
  EXPECT_EQ(script.sent, "");
}

TEST(HandOffExchange, IsNotMadeUpByTls) {
  Begun script;
  script.Tls();
  EXPECT_TRUE(script.done.empty());
}

TEST(HandOffExchange, IsFollowedByNothingIfTheStreamIsNotNeeded) {
  for (const bool taken : {false, true}) {
    Begun script;
    if (taken) script.Server(kTaken + "\r\n");
    script.done.clear();
    script.Finish();
    EXPECT_EQ(script.sent, "");
    EXPECT_EQ(script.done, Done{"close closed"});
  }
}

TEST(HandOffExchange, LeadsToAStreamThatEndsAsAnyOther) {
  Begun script;
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

TEST(HandOffExchange, IsInVainIfTheBackendAsksForSasl) {
  const std::string rows[] = {
      std::string(kOffersExternal),
      "<x xmlns='urn:x'/>" + std::string(kOffersExternal),
      "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
  };
  for (const auto& row : rows) {
    Begun script;
    script.Server(kTaken + "\r\n");
    script.Restart();
    script.sent.clear();
    script.Server(ServerHeader() + Features(row));
    ASSERT_EQ(script.done, (Done{"ready", "close auth-failed"})) << row;
    EXPECT_NE(script.closed->detail.find("asks us to authenticate"),
              std::string::npos);
    EXPECT_EQ(script.sent, "</stream:stream>");
  }
}

TEST(HandOffExchange, IsNotInVainForAnElementOfAnotherNamespace) {
  Begun script;
  script.Server(kTaken + "\r\n");
  script.Restart();
  script.Server(ServerHeader() + Features("<mechanisms xmlns='urn:x'/>"));
  EXPECT_EQ(script.done, (Done{"ready", "features "}));
}

TEST(HandOffExchange, DoesNotHideWhatTheBackendSaysOfOurHeader) {
  Begun script;
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
