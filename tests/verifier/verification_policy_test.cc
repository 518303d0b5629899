// The verification under the tenants' policies: PKI where DANE is silent, and
// dialback where nothing else decides.
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

#include "tests/support/fake_dns.h"
#include "tests/support/test_certificates.h"
#include "verifier/dane/suggested_record.h"
#include "verifier/pkix.h"
#include "verifier/verification.h"

namespace danegate {
namespace {

using std::chrono::seconds;
using test::ChainOf;
using test::DnsName;
using test::Issue;
using test::kTestNow;
using enum ProofRequirement;

constexpr Now kStart{Instant{std::chrono::hours(1)}, kTestNow};
const char kMxOwner[] = "_5269._tcp.mx.peer.example";

class VerificationPolicyTest : public testing::Test {
 protected:
  VerificationPolicyTest()
      : trust_(*TrustStore::FromPem(root_.ToPem())), chain_(PkiChain({})) {
    dns_.Srv("peer.example", 10, 5269, "mx.peer.example");
    dns_.Address("mx.peer.example");
  }

  // A chain of the trusted root.
  CertificateChain PkiChain(test::CertificateOrder order) {
    if (order.names.empty()) order.names = {DnsName("peer.example")};
    const auto leaf = Issue(order, &root_);
    return ChainOf({&leaf});
  }
  void MakeDelegationInsecure() {
    dns_.Srv("peer.example", 10, 5269, "mx.peer.example").security =
        DnsSecurity::kInsecure;
  }
  const Verdict& Run(ProofRequirement require) {
    verification_.emplace(
        ClaimedDomain{*Domain::Parse("peer.example")}, chain_,
        VerificationRules{.require = require, .trust = &trust_}, kStart);
    return dns_.Run(*verification_, kStart);
  }
  // The outcome under each policy, and whether it leaves the peer dialback.
  std::string Outcomes() {
    std::string text;
    for (const auto require : {kDane, kStrong, kAny}) {
      const Verdict& verdict = Run(require);
      text += std::string(ToString(verdict.outcome())) +
              (verdict.outcome() == Outcome::kAbsent && verdict.may_dial_back
                   ? "+dialback "
                   : " ");
    }
    return text;
  }

  const test::TestCertificate root_ = Issue({.subject = "root", .ca = true});
  const TrustStore trust_;
  CertificateChain chain_;
  FakeDns dns_;
  std::optional<Verification> verification_;
};

TEST_F(VerificationPolicyTest, C_03_ACertificateForTheDomainProvesIt) {
  MakeDelegationInsecure();
  EXPECT_EQ(Outcomes(), "absent proved proved ");
  const Verdict& verdict = Run(kStrong);
  EXPECT_EQ(verdict.prooftype, Prooftype::kPki);
  EXPECT_EQ(verdict.evidence.matched_name, "peer.example");
  EXPECT_EQ(verdict.evidence.findings.pki.outcome, Outcome::kProved);
  EXPECT_EQ(verdict.evidence.findings.dane.reason, Reason::kNoSecureDelegation);
  EXPECT_TRUE(verdict.remedy.empty());
}

TEST_F(VerificationPolicyTest, F_13_AnUnsignedDelegationNamesNoOtherHost) {
  MakeDelegationInsecure();
  chain_ = PkiChain({.names = {DnsName("mx.peer.example")}});
  EXPECT_EQ(Outcomes(), "absent absent absent+dialback ");
  EXPECT_EQ(Run(kStrong).evidence.findings.pki.reason, Reason::kWrongName);
}

TEST_F(VerificationPolicyTest, C_05_ASignedDelegationMakesItsTargetAnIdentity) {
  chain_ = PkiChain({.names = {DnsName("mx.peer.example")}});
  EXPECT_EQ(Outcomes(), "absent proved proved ");
  EXPECT_EQ(Run(kAny).evidence.matched_name, "mx.peer.example");
}

// C7, D-52: the certificate would do, had the domain not said otherwise.
TEST_F(VerificationPolicyTest, C7_NothingSavesAPeerWhoseTlsaDoesNotMatch) {
  const auto other = Issue({});
  dns_.Tlsa(kMxOwner, SuggestedTlsa(ChainOf({&other})));
  EXPECT_EQ(Outcomes(), "disproved disproved disproved ");
}

TEST_F(VerificationPolicyTest, D_21_ALostTlsaAnswerLetsNobodyIn) {
  dns_.Drop(kMxOwner, RecordType::kTlsa);
  EXPECT_EQ(Outcomes(), "indeterminate indeterminate indeterminate ");
  EXPECT_EQ(verification_->verdict()->expires,
            kStart.monotonic + Verification::kTimeLimit);
}

TEST_F(VerificationPolicyTest,
       D_50_RecordsThatCannotBeUsedAskForMoreThanDialback) {
  dns_.Data(kMxOwner, RecordType::kTlsa, {{3, 1, 9, 0xab}});
  EXPECT_EQ(Outcomes(), "absent proved proved ");
  const auto stranger = Issue({});
  chain_ = ChainOf({&stranger});
  EXPECT_EQ(Outcomes(), "absent absent absent ");
  chain_ = CertificateChain();
  EXPECT_EQ(Outcomes(), "absent absent absent ");
}

TEST_F(VerificationPolicyTest,
       F_02_WithoutAnyProofOnlyPolicyAnyLeavesDialback) {
  const auto stranger = Issue({});
  chain_ = ChainOf({&stranger});
  EXPECT_EQ(Outcomes(), "absent absent absent+dialback ");
  chain_ = CertificateChain();
  EXPECT_EQ(Outcomes(), "absent absent absent+dialback ");
}

TEST_F(VerificationPolicyTest, C_31_TheCertificateOfAServerDoesForAClient) {
  chain_ = PkiChain({.extended_key_usage = {"serverAuth"}});
  EXPECT_EQ(Outcomes(), "absent proved proved ");
  chain_ = PkiChain({.extended_key_usage = {"clientAuth"}});  // C-32
  EXPECT_EQ(Outcomes(), "absent absent absent+dialback ");
}

TEST_F(VerificationPolicyTest, C_22_AnExpiredCertificateProvesNothing) {
  chain_ = PkiChain({.not_after = {kTestNow.seconds - 1}});
  EXPECT_EQ(Outcomes(), "absent absent absent+dialback ");
  EXPECT_EQ(Run(kStrong).evidence.findings.pki.reason, Reason::kExpired);
}

TEST_F(VerificationPolicyTest, ARefusalTellsEveryProofThatWasTried) {
  chain_ = PkiChain({.names = {DnsName("other.example")}});
  const Verdict& verdict = Run(kStrong);
  EXPECT_NE(verdict.remedy.find("there is no TLSA record at " +
                                std::string(kMxOwner)),
            std::string::npos)
      << verdict.remedy;
  EXPECT_NE(verdict.remedy.find("PKI does not prove it either: the certificate "
                                "does not name peer.example or "
                                "mx.peer.example"),
            std::string::npos)
      << verdict.remedy;
}

// That DANE is absent is evidence too, and ends (D-61).
TEST_F(VerificationPolicyTest, D_61_AProofByPkiHoldsAsLongAsTheAbsenceOfTlsa) {
  dns_.Address("mx.peer.example").lifetime = seconds(17);
  EXPECT_EQ(Run(kStrong).expires, kStart.monotonic + seconds(17));
}

// D-13: another address is signed, so this failure says nothing.
TEST_F(VerificationPolicyTest, D_61_AFailureThatDidNotMatterEndsNothing) {
  dns_.Fail("mx.peer.example", RecordType::kAaaa, "SERVFAIL");
  EXPECT_EQ(Run(kStrong).expires, kStart.monotonic + seconds(300));
}

TEST_F(VerificationPolicyTest, B_25_AProofByPkiEndsWithTheCertificate) {
  chain_ = PkiChain({.not_after = {kTestNow.seconds + 23}});
  EXPECT_EQ(Run(kStrong).expires, kStart.monotonic + seconds(23));
}

TEST(ProofPolicyTest, C1_PoliciesThatJudgeOtherwiseHaveAnotherDigest) {
  const auto root = Issue({.subject = "root", .ca = true});
  const auto other = Issue({.subject = "other", .ca = true});
  const auto StoreOf = [](const test::TestCertificate& certificate) {
    return std::make_shared<TrustStore>(
        *TrustStore::FromPem(certificate.ToPem()));
  };
  const ProofPolicy policies[] = {
      {},
      {.require = kStrong},
      {.require = kAny},
      {.require = kStrong, .posh = false},
      {.require = kStrong, .trust = StoreOf(root)},
      {.require = kStrong, .trust = StoreOf(other)},
      {.require = kStrong, .trust = std::make_shared<TrustStore>()},
  };
  for (const ProofPolicy& a : policies) {
    for (const ProofPolicy& b : policies) {
      EXPECT_EQ(a.Digest() == b.Digest(), &a == &b);
    }
  }
  EXPECT_EQ((ProofPolicy{.trust = StoreOf(root)}.Digest()),
            (ProofPolicy{.trust = StoreOf(root)}.Digest()));
}

}  // namespace
}  // namespace danegate
