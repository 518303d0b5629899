// The verification engine against a table of DNS answers, in fake time.
#include "verifier/verification.h"

#include <string>
#include <vector>

#include "tests/verifier/verification_case.h"

namespace danegate::test {
namespace {

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
  std::string story;
  for (const EvidenceStep& step : Run().evidence.steps) {
    story += step.question.name + " " +
             std::string(ToString(step.question.type)) + ", " +
             std::string(ToString(step.security)) + ": " + step.detail + "\n" +
             step.comparison;
  }
  EXPECT_EQ(story,
            "_xmpps-server._tcp.peer.example SRV, secure: no such record\n"
            "_xmpp-server._tcp.peer.example SRV, secure: "
            "10 0 5269 mx.peer.example.\n"
            "mx.peer.example AAAA, secure: no such record\n"
            "mx.peer.example A, secure: 192.0.2.1\n" +
                std::string(kMxOwner) + " TLSA, secure: " + own_ +
                "\nthe record 3 1 1 matches the public key of certificate 1 "
                "of the chain");
}

TEST_F(VerificationTest, EveryStepTellsWhenItsAnswerCame) {
  verification_.emplace(ClaimedDomain{*Domain::Parse("peer.example")}, chain_,
                        VerificationRules{.trust = &trust_}, kStart);
  std::chrono::milliseconds later{0};
  while (const auto question = verification_->NextQuestion()) {
    later += std::chrono::milliseconds(7);
    verification_->OnAnswer(*dns_.Answered(*question),
                            {kStart.monotonic + later, kStart.wall});
  }
  const auto& steps = verification_->verdict()->evidence.steps;
  ASSERT_GE(steps.size(), 2u);
  EXPECT_EQ(steps[0].since_start, std::chrono::milliseconds(7));
  EXPECT_EQ(steps[1].since_start, std::chrono::milliseconds(14));
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

TEST_F(VerificationTest, D71_AnyTargetsRecordIsEnough) {  // C5
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

TEST_F(VerificationTest, D21_NothingEndsBeforeTheDeadline) {
  SetUpPeer();
  dns_.Tlsa(kMxOwner, own_);
  Verification verification(ClaimedDomain{*Domain::Parse("peer.example")},
                            chain_, {.trust = &trust_}, kStart);
  EXPECT_EQ(verification.deadline(),
            kStart.monotonic + Verification::kTimeLimit);
  const Now early{verification.deadline() + Duration(-1), kStart.wall};
  verification.OnDeadline(early);
  EXPECT_FALSE(verification.verdict().has_value());
  EXPECT_EQ(dns_.Run(verification, early).outcome(), Outcome::kProved);
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

// The service, the TLSA base domain, and the name that stood in the SRV record.
TEST_F(VerificationTest, D43_ALeafUnderAnAnchorMayNameThePeerOrItsTarget) {
  const auto root = Issue({.subject = "root", .ca = true});
  const std::string record = SuggestedTlsa(ChainOf({&root}));
  SetUpPeer();
  dns_.Address("mx.peer.example").canonical_name = "real.host.example";
  dns_.Tlsa("_5269._tcp.real.host.example", "2" + record.substr(1));
  for (const char* name :
       {"peer.example", "mx.peer.example", "real.host.example"}) {
    const auto leaf = Issue({.names = {DnsName(name)}}, &root);
    chain_ = ChainOf({&leaf, &root});
    Expect(Outcome::kProved, Reason::kMatched);
    EXPECT_EQ(verification_->verdict()->evidence.matched_name, name);
  }
  const auto stray = Issue({.names = {DnsName("host.example")}}, &root);
  chain_ = ChainOf({&stray, &root});
  Expect(Outcome::kDisproved, Reason::kWrongName);
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

// It would be found later, in the place of the answer that is true.
TEST_F(VerificationTest, AnswersThatNobodyAskedForAreIgnored) {
  SetUpPeer();
  dns_.Tlsa(kMxOwner, foreign_);
  FakeDns forger;
  Verification verification(ClaimedDomain{*Domain::Parse("peer.example")},
                            chain_, {.trust = &trust_}, kStart);
  verification.OnAnswer(forger.Tlsa(kMxOwner, own_), kStart);
  EXPECT_EQ(dns_.Run(verification, kStart).outcome(), Outcome::kDisproved);
}

TEST_F(VerificationTest, ASecondAnswerToAQuestionIsIgnored) {
  SetUpPeer();
  dns_.Tlsa(kMxOwner, foreign_);
  dns_.Address("evil.example");
  dns_.Tlsa("_5269._tcp.evil.example", own_);
  FakeDns forger;
  Verification verification(ClaimedDomain{*Domain::Parse("peer.example")},
                            chain_, {.trust = &trust_}, kStart);
  while (verification.NextQuestion()) {
  }
  verification.OnAnswer(
      dns_.At({"_xmpp-server._tcp.peer.example", RecordType::kSrv}), kStart);
  verification.OnAnswer(forger.Srv("peer.example", 10, 5269, "evil.example"),
                        kStart);
  verification.OnAnswer(
      dns_.Deny("_xmpps-server._tcp.peer.example", RecordType::kSrv), kStart);
  EXPECT_EQ(dns_.Run(verification, kStart).outcome(), Outcome::kDisproved);
}

}  // namespace
}  // namespace danegate::test
