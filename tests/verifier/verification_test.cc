// The verification engine against a table of DNS answers, in fake time.
#include "verifier/verification.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/support/fake_dns.h"
#include "tests/support/test_certificates.h"
#include "verifier/dane/suggested_record.h"
#include "verifier/pkix.h"

namespace danegate {
namespace {

using std::chrono::seconds;
using test::ChainOf;
using test::Issue;
using test::kTestNow;

constexpr Now kStart{Instant{std::chrono::hours(1)}, kTestNow};
const char kMxOwner[] = "_5269._tcp.mx.peer.example";

class VerificationTest : public testing::Test {
 protected:
  VerificationTest() : chain_(ChainOf({&leaf_})) {
    own_ = SuggestedTlsa(chain_);
    const auto other = Issue({});
    foreign_ = SuggestedTlsa(ChainOf({&other}));
  }

  // A peer with one target, signed through and through.
  void SetUpPeer() {
    dns_.Srv("peer.example", 10, 5269, "mx.peer.example");
    dns_.Address("mx.peer.example");
  }
  const Verdict& Run() {
    verification_.emplace(ClaimedDomain{*Domain::Parse("peer.example")}, chain_,
                          VerificationRules{.trust = &trust_}, kStart);
    return dns_.Run(*verification_, kStart);
  }
  void Expect(Outcome outcome, Reason reason) {
    const Verdict& verdict = Run();
    EXPECT_EQ(ToString(verdict.outcome()), ToString(outcome));
    EXPECT_EQ(ToString(verdict.reason()), ToString(reason)) << verdict.remedy;
    EXPECT_EQ(verdict.remedy.empty(), outcome == Outcome::kProved);
  }
  seconds Lifetime() {
    return std::chrono::duration_cast<seconds>(
        verification_->verdict()->expires - kStart.monotonic);
  }

  const test::TestCertificate leaf_ = Issue({});
  CertificateChain chain_;
  std::string own_, foreign_;  // "3 1 1 …" of our leaf, and of another
  const TrustStore trust_;
  FakeDns dns_;
  std::optional<Verification> verification_;
};

TEST_F(VerificationTest, D70_TheServersRecordProvesTheClientsCertificate) {
  SetUpPeer();
  dns_.Tlsa(kMxOwner, own_);
  Expect(Outcome::kProved, Reason::kMatched);
  const Verdict& verdict = *verification_->verdict();
  EXPECT_EQ(verdict.prooftype, Prooftype::kDaneEe);
  EXPECT_EQ(verdict.evidence.tlsa_owner, kMxOwner);
  EXPECT_EQ(verdict.evidence.tlsa_record, own_);
  ASSERT_TRUE(verdict.proven().has_value());
  EXPECT_EQ(verdict.proven()->domain().ascii(), "peer.example");
}

TEST_F(VerificationTest, TheEvidenceTellsEveryStep) {
  SetUpPeer();
  dns_.Tlsa(kMxOwner, own_);
  const Verdict& verdict = Run();
  std::string story;
  for (const EvidenceStep& step : verdict.evidence.steps) {
    if (step.status == DnsStatus::kData) {
      story += std::string(ToString(step.question.type)) + " " +
               std::string(ToString(step.security)) + "\n";
    }
  }
  EXPECT_NE(story.find("SRV secure\n"), std::string::npos);
  EXPECT_NE(story.find("A secure\n"), std::string::npos);
  EXPECT_NE(story.find("TLSA secure\n"), std::string::npos);
}

TEST_F(VerificationTest, D52_ARecordOfAnotherKeyDisproves) {
  SetUpPeer();
  dns_.Tlsa(kMxOwner, foreign_);
  Expect(Outcome::kDisproved, Reason::kNoMatch);
  const std::string& remedy = verification_->verdict()->remedy;
  EXPECT_NE(remedy.find(std::string(kMxOwner) + ". IN TLSA " + own_),
            std::string::npos)
      << remedy;
}

TEST_F(VerificationTest, D71_AnyTargetsRecordIsEnough) {
  SetUpPeer();
  dns_.Srv("peer.example", 20, 5270, "b.peer.example", true);
  dns_.Address("b.peer.example");
  dns_.Tlsa(kMxOwner, foreign_);
  dns_.Tlsa("_5270._tcp.b.peer.example", own_);
  Expect(Outcome::kProved, Reason::kMatched);
}

TEST_F(VerificationTest, D72_AMixedDeploymentCannotDisprove) {
  SetUpPeer();
  dns_.Srv("peer.example", 20, 5269, "b.peer.example");
  dns_.Address("b.peer.example");
  dns_.Tlsa(kMxOwner, foreign_);
  Expect(Outcome::kAbsent, Reason::kMixedDeployment);
}

TEST_F(VerificationTest, D72_TwoTargetsThatDoNotMatchDisprove) {
  SetUpPeer();
  dns_.Srv("peer.example", 20, 5269, "b.peer.example");
  dns_.Address("b.peer.example");
  dns_.Tlsa(kMxOwner, foreign_);
  dns_.Tlsa("_5269._tcp.b.peer.example", foreign_);
  Expect(Outcome::kDisproved, Reason::kNoMatch);
}

TEST_F(VerificationTest, D73_AFailureWithoutAMatchIsIndeterminate) {
  SetUpPeer();
  dns_.Srv("peer.example", 20, 5269, "b.peer.example");
  dns_.Address("b.peer.example");
  dns_.Tlsa(kMxOwner, foreign_);
  dns_.Fail("_5269._tcp.b.peer.example", RecordType::kTlsa, "bad signature",
            DnsSecurity::kBogus);
  Expect(Outcome::kIndeterminate, Reason::kDnsBogus);
}

TEST_F(VerificationTest, D73_AFailureDoesNotHinderAMatch) {
  SetUpPeer();
  dns_.Srv("peer.example", 20, 5269, "b.peer.example");
  dns_.Fail("b.peer.example", RecordType::kA, "time-out");
  dns_.Tlsa(kMxOwner, own_);
  Expect(Outcome::kProved, Reason::kMatched);
}

// D.7, L-05: whichever answer fails, nothing is concluded from the rest.
TEST_F(VerificationTest, D21_NoFailureIsAnAbsence) {
  const std::vector<Question> questions = {
      {"_xmpp-server._tcp.peer.example", RecordType::kSrv},
      {"_xmpps-server._tcp.peer.example", RecordType::kSrv},
      {"mx.peer.example", RecordType::kA},
      {kMxOwner, RecordType::kTlsa},
  };
  for (const Question& question : questions) {
    for (const auto security : {DnsSecurity::kBogus, DnsSecurity::kInsecure}) {
      dns_ = FakeDns();
      SetUpPeer();
      dns_.Tlsa(kMxOwner, foreign_);
      dns_.Fail(question.name, question.type, "it failed", security);
      SCOPED_TRACE(question.name);
      Expect(Outcome::kIndeterminate, security == DnsSecurity::kBogus
                                          ? Reason::kDnsBogus
                                          : Reason::kDnsFailed);
      EXPECT_EQ(Lifetime(), seconds(0));
    }
  }
}

TEST_F(VerificationTest, D21_ADroppedAnswerEndsAtTheDeadline) {
  SetUpPeer();
  dns_.Drop(kMxOwner, RecordType::kTlsa);
  Expect(Outcome::kIndeterminate, Reason::kDnsFailed);
  EXPECT_NE(verification_->verdict()->remedy.find(
                std::string(kMxOwner) + " TLSA: no answer within 10 s"),
            std::string::npos);
}

TEST_F(VerificationTest, D12_AnInsecureDelegationAsksForNoTlsa) {
  SetUpPeer();
  dns_.Srv("peer.example", 10, 5269, "mx.peer.example").security =
      DnsSecurity::kInsecure;
  dns_.Tlsa(kMxOwner, own_);
  Expect(Outcome::kAbsent, Reason::kNoSecureDelegation);
  EXPECT_EQ(dns_.asked, 2U);
}

TEST_F(VerificationTest, D13_AnUnsignedAddressMakesItsTlsaWorthless) {
  SetUpPeer();
  dns_.Address("mx.peer.example").security = DnsSecurity::kInsecure;
  dns_.Tlsa(kMxOwner, own_);
  Expect(Outcome::kAbsent, Reason::kNoSecureDelegation);
}

TEST_F(VerificationTest, D14_OneSignedAddressRecordIsEnough) {
  SetUpPeer();
  dns_.Fail("mx.peer.example", RecordType::kA, "time-out");
  dns_.Data("mx.peer.example", RecordType::kAaaa, {FakeDns::Rdata(16, 1)});
  dns_.Tlsa(kMxOwner, own_);
  Expect(Outcome::kProved, Reason::kMatched);
}

TEST_F(VerificationTest, D16_InsecureTlsaIsNoTlsa) {
  SetUpPeer();
  dns_.Tlsa(kMxOwner, own_).security = DnsSecurity::kInsecure;
  Expect(Outcome::kAbsent, Reason::kNoTlsa);
}

TEST_F(VerificationTest, D20_NoTlsaIsAbsentAndSaysWhatToPublish) {
  SetUpPeer();
  Expect(Outcome::kAbsent, Reason::kNoTlsa);
  EXPECT_EQ(verification_->verdict()->remedy,
            "there is no TLSA record at " + std::string(kMxOwner) +
                "; publish " + kMxOwner + ". IN TLSA " + own_);
}

TEST_F(VerificationTest, D30_TheExpandedNameComesBeforeTheUnexpanded) {
  SetUpPeer();
  dns_.Address("mx.peer.example").canonical_name = "real.host.example";
  dns_.Tlsa("_5269._tcp.real.host.example", own_);
  dns_.Tlsa(kMxOwner, foreign_);
  Expect(Outcome::kProved, Reason::kMatched);
  EXPECT_EQ(verification_->verdict()->evidence.tlsa_owner,
            "_5269._tcp.real.host.example");
}

TEST_F(VerificationTest, D30_TheUnexpandedNameCountsWhereTheOtherHasNone) {
  SetUpPeer();
  dns_.Address("mx.peer.example").canonical_name = "real.host.example";
  dns_.Tlsa(kMxOwner, own_);
  Expect(Outcome::kProved, Reason::kMatched);
}

TEST_F(VerificationTest, D14_ASignedAliasToAnUnsignedHostMayHaveTlsa) {
  SetUpPeer();
  Answer& address = dns_.Address("mx.peer.example");
  address.canonical_name = "host.unsigned.example";
  address.security = DnsSecurity::kInsecure;
  dns_.Data("mx.peer.example", RecordType::kCname, {{0}});
  dns_.Tlsa(kMxOwner, own_);
  Expect(Outcome::kProved, Reason::kMatched);
}

TEST_F(VerificationTest, D05_WithoutSrvTheDomainsOwnRecordProves) {
  dns_.Address("peer.example");
  dns_.Tlsa("_5269._tcp.peer.example", own_);
  Expect(Outcome::kProved, Reason::kMatched);
}

TEST_F(VerificationTest, D50_RecordsThatCannotBeUsedAreAnAbsence) {
  SetUpPeer();
  dns_.Data(kMxOwner, RecordType::kTlsa, {{3, 1, 9, 0xab}, {3}});
  Expect(Outcome::kAbsent, Reason::kAllUnusable);
}

TEST_F(VerificationTest, D03_ADomainWithoutServersHasNoProof) {
  dns_.Srv("peer.example", 0, 0, "");
  Expect(Outcome::kAbsent, Reason::kNoService);
}

// Presenting nothing must not be a way around the records of the domain.
TEST_F(VerificationTest, D21_NoCertificateIsNoAbsenceBeforeTheDnsWasAsked) {
  chain_ = CertificateChain();
  Expect(Outcome::kAbsent, Reason::kNoCertificate);
  SetUpPeer();
  Expect(Outcome::kAbsent, Reason::kNoCertificate);
  dns_.Tlsa(kMxOwner, own_);
  Expect(Outcome::kDisproved, Reason::kNoCertificate);
  dns_.Fail(kMxOwner, RecordType::kTlsa, "time-out");
  Expect(Outcome::kIndeterminate, Reason::kDnsFailed);
}

TEST_F(VerificationTest, D22_ManyTargetsCostNoMoreThanTheBudget) {
  for (int i = 0; i < 200; ++i) {
    const std::string host = "h" + std::to_string(i) + ".peer.example";
    dns_.Srv("peer.example", 10, 5269, host);
    dns_.Address(host).canonical_name = "c" + host;
    dns_.Tlsa("_5269._tcp.c" + host, foreign_);
  }
  Expect(Outcome::kIndeterminate, Reason::kBudgetExhausted);
  EXPECT_LE(dns_.asked, Verification::kMaxQuestions);
}

TEST_F(VerificationTest, D61_TheShortestLivedAnswerBoundsTheVerdict) {
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

TEST_F(VerificationTest, NoVerdictHoldsForMoreThanAnHour) {
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

TEST_F(VerificationTest, D63_ARefusalHoldsForHalfAMinute) {
  SetUpPeer();
  dns_.Tlsa(kMxOwner, foreign_);
  Expect(Outcome::kDisproved, Reason::kNoMatch);
  EXPECT_EQ(Lifetime(), seconds(30));
}

// D-43, D-61: a path ends with its certificates, a bare key does not.
TEST_F(VerificationTest, D61_ThePathsEndBoundsTheVerdict) {
  const auto root = Issue({.subject = "root", .ca = true});
  const auto leaf = Issue({.names = {test::DnsName("peer.example")},
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

TEST_F(VerificationTest, AnswersThatNobodyAskedForAreIgnored) {
  SetUpPeer();
  Verification verification(ClaimedDomain{*Domain::Parse("peer.example")},
                            chain_, {.trust = &trust_}, kStart);
  Answer unasked = dns_.Tlsa("_5269._tcp.evil.example", own_);
  verification.OnAnswer(unasked, kStart);
  EXPECT_FALSE(verification.verdict().has_value());
}

}  // namespace
}  // namespace danegate
