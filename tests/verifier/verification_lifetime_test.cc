// How long a verdict holds: never longer than what it rests on (D-60, D-61,
// D-63).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/verifier/verification_case.h"

namespace danegate::test {
namespace {

using VerificationLifetimeTest = VerificationTest;

TEST_F(VerificationLifetimeTest, D61_TheShortestLivedAnswerBoundsTheVerdict) {
  const std::vector<Question> questions = {
      {"_xmpp-server._tcp.peer.example", RecordType::kSrv},
      {"mx.peer.example", RecordType::kA},
      {kMxOwner, RecordType::kTlsa},
  };
  for (const Question& question : questions) {
    dns_ = FakeDns();
    SetUpPeer();
    dns_.Tlsa(kMxOwner, own_);
    dns_.Data(question.name, question.type, {}).lifetime = seconds(17);
    SCOPED_TRACE(question.name);
    Expect(Outcome::kProved, Reason::kMatched);
    EXPECT_EQ(Lifetime(), seconds(17));
  }
}

TEST_F(VerificationLifetimeTest, NoVerdictHoldsForMoreThanAnHour) {
  SetUpPeer();
  dns_.Tlsa(kMxOwner, own_).lifetime = seconds(86400);
  dns_.Srv("peer.example", 10, 5269, "mx.peer.example").lifetime =
      seconds(86400);
  dns_.Address("mx.peer.example").lifetime = seconds(86400);
  dns_.Data("_xmpps-server._tcp.peer.example", RecordType::kSrv, {}).lifetime =
      seconds(86400);
  Expect(Outcome::kProved, Reason::kMatched);
  EXPECT_EQ(Lifetime(), seconds(3600));
}

TEST_F(VerificationLifetimeTest, D63_ARefusalHoldsForHalfAMinute) {
  SetUpPeer();
  dns_.Tlsa(kMxOwner, foreign_);
  Expect(Outcome::kDisproved, Reason::kNoMatch);
  EXPECT_EQ(Lifetime(), seconds(30));
}

// D-43, D-61: a path ends with its certificates, a bare key does not.
TEST_F(VerificationLifetimeTest, D61_ThePathsEndBoundsTheVerdict) {
  const auto root = Issue({.subject = "root", .ca = true});
  const auto leaf = Issue({.names = {DnsName("peer.example")},
                           .not_after = {kTestNow.seconds + 40}},
                          &root);
  chain_ = ChainOf({&leaf, &root});
  SetUpPeer();
  const std::string record = SuggestedTlsa(ChainOf({&root}));
  dns_.Tlsa(kMxOwner, "2" + record.substr(1));
  Expect(Outcome::kProved, Reason::kMatched);
  EXPECT_EQ(verification_->verdict()->prooftype, Prooftype::kDaneTa);
  EXPECT_EQ(verification_->verdict()->evidence.matched_name, "peer.example");
  EXPECT_EQ(Lifetime(), seconds(40));
}

}  // namespace
}  // namespace danegate::test
