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
      {"_xmpps-server._tcp.peer.example", RecordType::kSrv},  // a denial
      {"mx.peer.example", RecordType::kA},
      {kMxOwner, RecordType::kTlsa},
  };
  for (const Question& question : questions) {
    dns_ = FakeDns();
    SetUpPeer();
    dns_.Deny("_xmpps-server._tcp.peer.example", RecordType::kSrv);
    dns_.Tlsa(kMxOwner, own_);
    dns_.At(question).lifetime = seconds(17);
    SCOPED_TRACE(question.name);
    Expect(Outcome::kProved, Reason::kMatched);
    EXPECT_EQ(Lifetime(), seconds(17));
  }
}

// D-30: the record at the unexpanded name counts only as long as there is none
// at the expanded one.
TEST_F(VerificationLifetimeTest, D61_TheDenialAtTheExpandedNameBoundsIt) {
  SetUpPeer();
  dns_.Address("mx.peer.example").canonical_name = "real.host.example";
  dns_.Deny("_5269._tcp.real.host.example", RecordType::kTlsa).lifetime =
      seconds(17);
  dns_.Tlsa(kMxOwner, own_);
  Expect(Outcome::kProved, Reason::kMatched);
  EXPECT_EQ(Lifetime(), seconds(17));
}

// D-14: without the signed CNAME, no record at the unexpanded name counts. The
// unsigned address counts for nothing, so its lifetime does not either.
TEST_F(VerificationLifetimeTest, D61_TheSignedAliasBoundsIt) {
  SetUpPeer();
  Answer& address = dns_.Address("mx.peer.example");
  address.canonical_name = "host.unsigned.example";
  address.security = DnsSecurity::kInsecure;
  address.lifetime = seconds(5);
  dns_.Data("mx.peer.example", RecordType::kCname, {{0}}).lifetime =
      seconds(17);
  dns_.Tlsa(kMxOwner, own_);
  Expect(Outcome::kProved, Reason::kMatched);
  EXPECT_EQ(Lifetime(), seconds(17));
}

// Answers a second apart, the last question of each round first.
TEST_F(VerificationLifetimeTest, D61_ALifetimeCountsFromItsOwnAnswer) {
  const struct {
    Question question;
    seconds answered;
  } rows[] = {
      {{"_xmpps-server._tcp.peer.example", RecordType::kSrv}, seconds(1)},
      {{"_xmpp-server._tcp.peer.example", RecordType::kSrv}, seconds(2)},
      {{"mx.peer.example", RecordType::kA}, seconds(4)},  // behind AAAA
      {{kMxOwner, RecordType::kTlsa}, seconds(5)},
  };
  for (const auto& [question, answered] : rows) {
    dns_ = FakeDns();
    dns_.step = seconds(1);
    SetUpPeer();
    dns_.Deny("_xmpps-server._tcp.peer.example", RecordType::kSrv);
    dns_.Tlsa(kMxOwner, own_);
    dns_.At(question).lifetime = seconds(17);
    SCOPED_TRACE(question.name);
    Expect(Outcome::kProved, Reason::kMatched);
    EXPECT_EQ(Lifetime(), answered + seconds(17));
  }
}

// D-61, D-63: and so does that of a refusal's evidence.
TEST_F(VerificationLifetimeTest, D61_ARefusalsLifetimeCountsFromItsAnswerToo) {
  dns_.step = seconds(1);
  SetUpPeer();
  dns_.Tlsa(kMxOwner, foreign_).lifetime = seconds(17);
  Expect(Outcome::kDisproved, Reason::kNoMatch);
  EXPECT_EQ(Lifetime(), seconds(5 + 17));
  dns_.At({kMxOwner, RecordType::kTlsa}).lifetime = seconds(300);
  Expect(Outcome::kDisproved, Reason::kNoMatch);
  EXPECT_EQ(Lifetime(), seconds(5 + 30));
}

TEST_F(VerificationLifetimeTest, NoVerdictHoldsForMoreThanAnHour) {
  SetUpPeer();
  dns_.Tlsa(kMxOwner, own_).lifetime = seconds(86400);
  dns_.Srv("peer.example", 10, 5269, "mx.peer.example").lifetime =
      seconds(86400);
  dns_.Address("mx.peer.example").lifetime = seconds(86400);
  dns_.Deny("_xmpps-server._tcp.peer.example", RecordType::kSrv).lifetime =
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
