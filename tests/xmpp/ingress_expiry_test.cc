// A verdict that is over when it is needed is asked for again (L-04, G-52).
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "tests/support/ingress_script.h"

namespace danegate {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kSuccess =
    "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";
const std::string kResult =
    "<db:result from='peer.example' to='tenant.example'/>";
const std::string kOtherResult =
    "<db:result from='b.example' to='tenant.example'/>";
const std::string kValid = "type='valid'/>";

// A stream where EXTERNAL is offered, by a verdict of one second.
struct Brief : IngressScript {
  Brief() {
    lifetime = 1s;
    may_dial_back = true;
    ReachAuth();
    Forget();
  }
  auto Verified() const {
    return std::count(done.begin(), done.end(), "verify peer.example");
  }
};

TEST(IngressExpiry, AsksAgainWhenAuthComesLate) {  // L-04
  Brief script;
  script.answers_verify = false;
  script.Wait(19s);
  script.Peer(kAuth);
  EXPECT_EQ(script.sent, "");
  EXPECT_EQ(script.Verified(), 1);
  EXPECT_EQ(script.stream.deadline(), script.now + 15s);
  script.VerdictCame();
  EXPECT_EQ(script.sent, kSuccess);
  EXPECT_FALSE(script.Did("open tenant.example as peer.example"));
  script.Peer(PeerHeader());
  EXPECT_TRUE(script.stream.established());
}

TEST(IngressExpiry, AsksOnlyAtTheInstantOfExpiry) {  // L-04
  for (const auto time : {999ms, 1000ms}) {
    Brief script;
    script.Wait(time);
    script.Peer(kAuth);
    EXPECT_EQ(script.sent, kSuccess);
    EXPECT_EQ(script.Verified(), time == 1s ? 1 : 0);
  }
}

TEST(IngressExpiry, AsksAgainWhenTheBackendIsLate) {  // L-04
  IngressScript script;
  script.lifetime = 1s;
  script.backend_ready = false;
  script.ReachAuth();
  script.Forget();
  script.Peer(std::string(kAuth) + PeerHeader());
  script.Wait(19s);
  script.outcome = Outcome::kDisproved;
  script.BackendReady();
  EXPECT_EQ(script.Condition(), "sasl not-authorized");
  EXPECT_FALSE(script.Sent("<success"));
}

TEST(IngressExpiry, GoesOnWithTheFreshAnswer) {  // L-04, L-05
  const std::pair<Outcome, const char*> rows[] = {
      {Outcome::kDisproved, "sasl not-authorized"},
      {Outcome::kAbsent, "sasl not-authorized"},
      {Outcome::kIndeterminate, "sasl temporary-auth-failure"},
  };
  for (const auto& [outcome, condition] : rows) {
    Brief script;
    script.Wait(2s);
    script.outcome = outcome;
    script.Peer(kAuth);
    EXPECT_EQ(script.Condition(), condition);
    EXPECT_TRUE(script.Did("close not-proven"));
  }
}

TEST(IngressExpiry, UsesAnAnswerWithoutLifetimeOnce) {  // L-04: a TTL of 0
  IngressScript script;
  script.lifetime = 0s;
  script.ReachAuth();
  script.Forget();
  script.Peer(kAuth);
  EXPECT_EQ(script.sent, kSuccess);
  EXPECT_EQ(script.done, std::vector<std::string>{"verify peer.example"});
}

TEST(IngressExpiry, ServesAPeerWithoutFromToo) {  // B-11
  IngressScript script;
  script.lifetime = 0s;
  script.ReachTls();
  script.Peer(PeerHeader("to='tenant.example' version='1.0'"));
  script.Forget();
  script.Peer(
      "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' "
      "mechanism='EXTERNAL'>cGVlci5leGFtcGxl</auth>");
  EXPECT_EQ(script.sent, kSuccess);
}

TEST(IngressExpiry, NoticesThatTheBackendIsGoneMeanwhile) {
  Brief script;
  script.answers_verify = false;
  script.Wait(2s);
  script.Peer(kAuth);
  script.BackendFailed(BackendFailure::Kind::kUnreachable);
  EXPECT_EQ(script.Condition(), "open");
  script.VerdictCame();
  EXPECT_EQ(script.Condition(), "sasl temporary-auth-failure");
}

TEST(IngressExpiry, GivesUpOnASilentVerifier) {  // E1
  Brief script;
  script.answers_verify = false;
  script.Wait(19s);
  script.Peer(kAuth);
  script.Expire();
  EXPECT_EQ(script.Condition(), "sasl temporary-auth-failure");
}

TEST(IngressExpiry, CountsForTheHeadersPairByDialback) {  // G-52
  Brief script;
  script.Wait(2s);
  script.Peer(kResult);
  EXPECT_EQ(script.Verified(), 1);
  EXPECT_TRUE(script.Sent(kValid));
  EXPECT_TRUE(script.stream.established());

  Brief refused;
  refused.Wait(2s);
  refused.outcome = Outcome::kDisproved;
  refused.Peer(kResult);
  EXPECT_FALSE(refused.Sent(kValid));
  EXPECT_TRUE(refused.Sent("<not-authorized "));
  EXPECT_TRUE(refused.Did("drop"));
  refused.Peer(kAuth);  // its leg is gone
  EXPECT_EQ(refused.Condition(), "sasl temporary-auth-failure");
}

TEST(IngressExpiry, CountsForFurtherPairs) {  // L-04, G-52
  const std::pair<Outcome, const char*> rows[] = {
      {Outcome::kProved, "type='valid'/>"},
      {Outcome::kDisproved, "<not-authorized "},
      {Outcome::kAbsent, "<not-authorized "},
      {Outcome::kIndeterminate, "<remote-connection-failed "},
  };
  for (const auto& [outcome, answer] : rows) {
    Brief script;
    script.backend_ready = false;
    script.Peer(kOtherResult);
    script.Wait(30s);
    script.outcome = outcome;
    script.BackendReady(1);
    EXPECT_TRUE(script.Sent(answer)) << answer << ": " << script.sent;
    const bool valid = outcome == Outcome::kProved;
    EXPECT_EQ(script.Sent(kValid), valid);
    EXPECT_EQ(script.Did("#1 drop"), !valid);
    EXPECT_EQ(script.stream.established(), valid);
  }
}

TEST(IngressExpiry, LetsPairsWithoutLifetimeWork) {  // L-04: a TTL of 0
  IngressScript script;
  script.lifetime = 0s;
  script.Establish();
  script.Peer(kOtherResult);
  const std::vector<std::string> expected = {
      "#1 look up tenant.example for b.example", "#1 verify b.example",
      "#1 open tenant.example as b.example", "#1 restart",
      "#1 verify b.example"};
  EXPECT_EQ(script.done, expected);
  EXPECT_TRUE(script.Sent(kValid));
}

TEST(IngressExpiry, DoesNotAskAboutWhatAKeyHasProved) {
  IngressScript script;
  script.Establish();
  script.outcome = Outcome::kAbsent;
  script.may_dial_back = true;
  script.lifetime = 0s;
  script.Peer("<db:result from='b.example' to='tenant.example'>k</db:result>");
  script.Forget();
  script.KeyIsRight(1);
  EXPECT_TRUE(script.Sent(kValid));
  EXPECT_FALSE(script.Did("#1 verify b.example"));
}

}  // namespace
}  // namespace danegate
