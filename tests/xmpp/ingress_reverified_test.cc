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
    EXPECT_EQ(script.Condition(), "open");
    script.Peer(kHeaderMessage.substr(20));
    EXPECT_EQ(script.relayed, kHeaderMessage);  // between two stanzas
    EXPECT_EQ(script.Condition(), condition);
    if (!script.closed) continue;
    EXPECT_EQ(script.closed->error->text, "the TLSA record is gone");
    EXPECT_TRUE(script.Did("close not-proven"));
  }
}

TEST(IngressReverified, WaitsForAStanzaOnlySoLong) {  // B-25
  IngressScript script;
  script.Establish();
  script.Peer(kHeaderMessage.substr(0, 20));
  script.Reverified(Outcome::kDisproved);
  EXPECT_EQ(script.stream.deadline(), script.now + 5s);
  script.Wait(1s);
  script.OnDrain();  // changes nothing any more
  script.Expire();
  EXPECT_EQ(script.Condition(), "reset");
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
