// An established peer that is judged anew (B-25, D-64).
#include <gtest/gtest.h>

#include <chrono>

#include "tests/support/ingress_script.h"

namespace danegate {
namespace {

using namespace std::chrono_literals;

const std::string kHeaderMessage =
    "<message from='a@peer.example' to='b@tenant.example'/>";

TEST(IngressReverified, GoesOnUnlessTheProofIsGone) {  // B-25, D-64
  const std::pair<Outcome, const char*> rows[] = {
      {Outcome::kProved, "open"},
      {Outcome::kIndeterminate, "reset"},  // for too long
      {Outcome::kDisproved, "reset"},
      {Outcome::kAbsent, "reset"},
  };
  for (const auto& [outcome, condition] : rows) {
    IngressScript script;
    script.Establish();
    script.remedy = "the TLSA record is gone";
    script.Peer(kHeaderMessage.substr(0, 20));
    script.Reverified(outcome);
    const bool ends = std::string_view(condition) != "open";
    EXPECT_EQ(script.sent.ends_with("</stream:stream>"), ends);
    EXPECT_EQ(script.Condition(), "open");
    script.Peer(kHeaderMessage.substr(20) + kHeaderMessage);
    EXPECT_EQ(script.relayed, kHeaderMessage + kHeaderMessage);
    if (!ends) continue;
    script.Peer("</stream:stream>");
    EXPECT_EQ(script.Condition(), condition);
    EXPECT_EQ(script.closed->error->text, "the TLSA record is gone");
    EXPECT_TRUE(script.Did("close not-proven"));
  }
}

TEST(IngressReverified, WaitsForThePeersCloseOnlySoLong) {  // B-25
  IngressScript script;
  script.Establish();
  script.Peer(kHeaderMessage.substr(0, 20));
  script.Reverified(Outcome::kDisproved);
  EXPECT_EQ(script.stream.deadline(), script.now + 2s);
  script.Wait(1s);
  script.OnDrain();  // changes nothing any more
  script.Expire();
  EXPECT_EQ(script.Condition(), "reset");
  EXPECT_EQ(script.relayed, "");
}

// An absent verdict is what dialback rests on (D6); another proof overrides it.
TEST(IngressReverified, TakesNothingFromAPairThatDialbackProved) {  // C7
  const struct {
    Outcome outcome;
    bool may_dial_back;
    bool goes_on;
  } rows[] = {
      {Outcome::kAbsent, true, true},
      {Outcome::kAbsent, false, false},
      {Outcome::kDisproved, true, false},
  };
  for (const auto& row : rows) {
    IngressScript script;
    script.Establish();
    script.outcome = Outcome::kAbsent;
    script.may_dial_back = true;
    script.Peer(
        "<db:result from='b.example' to='tenant.example'>k</db:result>");
    script.KeyIsRight(1);
    script.may_dial_back = row.may_dial_back;
    script.Forget();
    script.Reverified(row.outcome, "b.example");
    EXPECT_EQ(script.sent.empty(), row.goes_on);
  }
}

TEST(IngressReverified, IgnoresAVerdictOnSomebodyElse) {
  IngressScript script;
  script.Establish();
  script.Reverified(Outcome::kDisproved, "b.example");
  EXPECT_EQ(script.sent, "");
  EXPECT_EQ(script.Condition(), "open");
}

TEST(IngressReverified, CountsOnceThePeerIsAuthenticated) {
  IngressScript before;
  before.ReachAuth();
  before.Reverified(Outcome::kDisproved);
  EXPECT_EQ(before.Condition(), "open");
  IngressScript restarting;
  restarting.ReachSuccess();
  restarting.Reverified(Outcome::kDisproved);
  EXPECT_EQ(restarting.Condition(), "reset");
}

}  // namespace
}  // namespace danegate
