#include "verifier/endpoint_judgement.h"

#include <gtest/gtest.h>

#include "tests/support/test_certificates.h"
#include "verifier/x509/certificate_summary.h"

namespace danegate {
namespace {

using Kind = TargetFinding::Kind;
using test::ChainOf;
using test::DnsName;
using test::Issue;
using test::kTestNow;

Domain D(const std::string& text) { return *Domain::Parse(text); }

TlsaRecord Record(const std::string& numbers, const test::TestCertificate& of) {
  return *TlsaRecord::ParseText(numbers + " " +
                                CertificateSummary::Of(of.der).key_digest);
}

// A tenant im.example at the edge host edge.example.
class EndpointJudgementTest : public ::testing::Test {
 protected:
  EndpointJudgement Judge() const {
    return JudgeEndpoint(endpoint_, chain_, trust_, kTestNow);
  }
  void Trust() { trust_ = *TrustStore::FromPem(root_.ToPem()); }
  void Tlsa(const std::string& numbers, const test::TestCertificate& of) {
    endpoint_.finding.kind = Kind::kTlsa;
    endpoint_.finding.names = {D("edge.example")};
    endpoint_.finding.records.push_back(Record(numbers, of));
  }

  const test::TestCertificate root_ = Issue({.subject = "Root", .ca = true});
  const test::TestCertificate leaf_ =
      Issue({.names = {DnsName("im.example")}}, &root_);
  const test::TestCertificate other_ = Issue({.subject = "other"});
  CertificateChain chain_ = ChainOf({&leaf_, &root_});
  TrustStore trust_;
  JudgedEndpoint endpoint_{D("im.example"), D("edge.example"), true, {}};
};

TEST_F(EndpointJudgementTest, D16AMatchProvesByItsUsage) {
  Tlsa("3 1 1", leaf_);
  EXPECT_EQ(Judge().outcome, Outcome::kProved);
  EXPECT_EQ(Judge().prooftype, Prooftype::kDaneEe);
  EXPECT_EQ(Judge().not_after, UnixTime::Never()) << "D-42";
}

TEST_F(EndpointJudgementTest, D43TheSourceDomainIsANameForUsage2) {
  Tlsa("2 1 1", root_);
  EXPECT_EQ(Judge().prooftype, Prooftype::kDaneTa);
  EXPECT_LT(Judge().not_after, UnixTime::Never());
  endpoint_.source = D("elsewhere.example");
  EXPECT_EQ(Judge().outcome, Outcome::kDisproved);
  EXPECT_EQ(Judge().reason, Reason::kWrongName);
}

TEST_F(EndpointJudgementTest, D52NothingRescuesAMismatch) {
  Trust();
  Tlsa("3 1 1", other_);
  EXPECT_EQ(Judge().outcome, Outcome::kDisproved);
  EXPECT_EQ(Judge().pki.reason, Reason::kNotTried);
}

TEST_F(EndpointJudgementTest, D50UnusableRecordsAskForPki) {
  Tlsa("3 1 9", leaf_);
  EXPECT_EQ(Judge().outcome, Outcome::kAbsent);
  EXPECT_TRUE(Judge().asks_for_certificate);
  Trust();
  EXPECT_EQ(Judge().outcome, Outcome::kProved);
  EXPECT_EQ(Judge().prooftype, Prooftype::kPki);
}

TEST_F(EndpointJudgementTest, WithoutRecordsPkiDecidesOrNobody) {
  for (const Kind kind : {Kind::kWithoutTlsa, Kind::kUnsigned}) {
    trust_ = TrustStore();
    endpoint_.finding.kind = kind;
    EXPECT_EQ(Judge().outcome, Outcome::kAbsent);
    EXPECT_FALSE(Judge().asks_for_certificate);
    Trust();
    EXPECT_EQ(Judge().outcome, Outcome::kProved);
  }
}

TEST_F(EndpointJudgementTest, L05AFailureIsNoAbsence) {
  Trust();
  endpoint_.finding.kind = Kind::kFailed;
  EXPECT_EQ(Judge().outcome, Outcome::kIndeterminate);
  EXPECT_EQ(Judge().reason, Reason::kDnsFailed);
  endpoint_.finding.bogus = true;
  EXPECT_EQ(Judge().reason, Reason::kDnsBogus);
  endpoint_.finding.kind = Kind::kUnreachable;
  EXPECT_EQ(Judge().outcome, Outcome::kIndeterminate);
}

TEST_F(EndpointJudgementTest, F13AnUnsignedDelegationMakesNoNameOfTheHost) {
  Trust();
  Tlsa("3 1 1", other_);  // which does not count (D-12)
  endpoint_.is_delegated_securely = false;
  EXPECT_EQ(Judge().prooftype, Prooftype::kPki);
  endpoint_.source = D("elsewhere.example");
  endpoint_.host = D("im.example");
  EXPECT_EQ(Judge().outcome, Outcome::kAbsent);
  endpoint_.is_delegated_securely = true;
  endpoint_.finding.kind = Kind::kWithoutTlsa;
  EXPECT_EQ(Judge().outcome, Outcome::kProved) << "D-55";
}

}  // namespace
}  // namespace danegate
