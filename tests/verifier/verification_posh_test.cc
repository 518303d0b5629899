// POSH within the verification: when it is asked for, and what it decides.
#include <gtest/gtest.h>
#include <openssl/base64.h>

#include <chrono>
#include <optional>
#include <string>

#include "tests/support/fake_dns.h"
#include "tests/support/test_certificates.h"
#include "verifier/address_guard.h"
#include "verifier/dane/suggested_record.h"
#include "verifier/pkix.h"
#include "verifier/verification.h"

namespace danegate {
namespace {

using std::chrono::seconds;
using test::ChainOf;
using test::Issue;
using test::kTestNow;
using enum ProofRequirement;

constexpr Now kStart{Instant{std::chrono::hours(1)}, kTestNow};

std::string DocumentOf(const CertificateChain& chain, int expires = 86400) {
  const Sha256 digest = chain.LeafDigest();
  std::string text(64, '\0');
  text.resize(EVP_EncodeBlock(reinterpret_cast<std::uint8_t*>(text.data()),
                              digest.data(), digest.size()));
  return R"({"fingerprints": [{"sha-256": ")" + text + R"("}], "expires": )" +
         std::to_string(expires) + "}";
}

class VerificationPoshTest : public testing::Test {
 protected:
  // A peer whose zones are not signed, with a certificate of its own.
  VerificationPoshTest() : chain_(ChainOf({&leaf_})) {
    dns_.denials = DnsSecurity::kInsecure;
    dns_.Srv("peer.example", 10, 5269, "mx.peer.example").security =
        DnsSecurity::kInsecure;
    dns_.Data("peer.example", RecordType::kA, {{203, 1, 113, 7}});
    reply_ = {.status = 200, .body = DocumentOf(chain_)};
  }

  const Verdict& Run(ProofRequirement require) {
    verification_.emplace(
        ClaimedDomain{*Domain::Parse("peer.example")}, chain_,
        VerificationRules{
            .require = require, .trust = &trust_, .posh_guard = guard_},
        kStart);
    while (!verification_->verdict()) Step();
    return *verification_->verdict();
  }
  void Step() {
    if (const auto question = verification_->NextQuestion()) {
      const auto answer = dns_.Answered(*question);
      if (answer) verification_->OnAnswer(*answer, kStart);
    } else if (const auto request = verification_->NextRequest()) {
      url_ = request->host.ascii() + request->path;
      if (reply_) verification_->OnReply(*reply_, kStart);
    } else {
      verification_->OnDeadline({verification_->deadline(), kStart.wall});
    }
  }
  std::string OutcomeOf(ProofRequirement require) {
    const Verdict& verdict = Run(require);
    return std::string(ToString(verdict.outcome())) +
           (verdict.outcome() == Outcome::kAbsent && verdict.may_dial_back
                ? "+dialback"
                : "");
  }

  const test::TestCertificate leaf_ = Issue({});
  CertificateChain chain_;
  const TrustStore trust_;
  const AddressGuard public_guard_;
  const AddressGuard* guard_ = &public_guard_;
  FakeDns dns_;
  std::optional<HttpsReply> reply_;  // nothing: it does not come
  std::string url_;                  // what was fetched last
  std::optional<Verification> verification_;
};

TEST_F(VerificationPoshTest, E_20_TheDocumentOfTheDomainProvesTheClient) {
  EXPECT_EQ(OutcomeOf(kStrong), "proved");
  EXPECT_EQ(url_, "peer.example/.well-known/posh/xmpp-server.json");
  const Verdict& verdict = *verification_->verdict();
  EXPECT_EQ(verdict.prooftype, Prooftype::kPosh);
  EXPECT_NE(verdict.evidence.posh_url.find(url_), std::string::npos);
  EXPECT_EQ(verdict.evidence.findings.posh.outcome, Outcome::kProved);
  EXPECT_EQ(verdict.evidence.findings.pki.outcome, Outcome::kDisproved);
}

TEST_F(VerificationPoshTest, F_02_PolicyDaneDoesNotAskForIt) {
  EXPECT_EQ(OutcomeOf(kDane), "absent");
  EXPECT_EQ(url_, "");
}

TEST_F(VerificationPoshTest, E_22_NorDoesATenantThatDoesNotTakeIt) {
  guard_ = nullptr;
  EXPECT_EQ(OutcomeOf(kStrong), "absent");
  EXPECT_EQ(url_, "");
}

// Threats C7: where DANE speaks nobody else is asked.
TEST_F(VerificationPoshTest, C7_ATlsaMismatchIsNotMendedByIt) {
  dns_ = FakeDns();
  dns_.Srv("peer.example", 10, 5269, "mx.peer.example");
  dns_.Address("mx.peer.example");
  const auto other = Issue({});
  dns_.Tlsa("_5269._tcp.mx.peer.example", SuggestedTlsa(ChainOf({&other})));
  dns_.Data("peer.example", RecordType::kA, {{203, 1, 113, 7}});
  EXPECT_EQ(OutcomeOf(kAny), "disproved");
  EXPECT_EQ(url_, "");
}

TEST_F(VerificationPoshTest, E_11_NoDocumentLeavesDialbackOnly) {
  reply_ = HttpsReply{.status = 404};
  EXPECT_EQ(OutcomeOf(kStrong), "absent");
  EXPECT_EQ(OutcomeOf(kAny), "absent+dialback");
}

TEST_F(VerificationPoshTest, E_12_AnotherFingerprintLeavesDialbackOnly) {
  const auto other = Issue({});
  reply_->body = DocumentOf(ChainOf({&other}));
  EXPECT_EQ(OutcomeOf(kStrong), "absent");
  EXPECT_NE(verification_->verdict()->remedy.find("nor does POSH: "),
            std::string::npos)
      << verification_->verdict()->remedy;
  EXPECT_EQ(OutcomeOf(kAny), "absent+dialback");
}

TEST_F(VerificationPoshTest, E_11_AFailureIsTemporaryWhereNothingElseProves) {
  reply_ = HttpsReply{.status = 503};
  EXPECT_EQ(OutcomeOf(kStrong), "indeterminate");
  EXPECT_EQ(OutcomeOf(kAny), "absent+dialback");
  reply_.reset();
  EXPECT_EQ(OutcomeOf(kStrong), "indeterminate");
}

// What DANE said stands, however late it was.
TEST_F(VerificationPoshTest, E_11_NoTimeLeftForItIsItsOwnFailure) {
  reply_.reset();
  verification_.emplace(
      ClaimedDomain{*Domain::Parse("peer.example")}, chain_,
      VerificationRules{
          .require = kAny, .trust = &trust_, .posh_guard = guard_},
      kStart);
  Now late = kStart;
  late.monotonic = late.monotonic + seconds(8);
  while (const auto question = verification_->NextQuestion()) {
    verification_->OnAnswer(*dns_.Answered(*question), late);
  }
  ASSERT_TRUE(verification_->NextRequest());
  late.monotonic = kStart.monotonic + Verification::kTimeLimit;
  verification_->OnDeadline(late);
  const Verdict& verdict = *verification_->verdict();
  EXPECT_EQ(verdict.outcome(), Outcome::kAbsent);
  EXPECT_TRUE(verdict.may_dial_back);
  EXPECT_EQ(verdict.evidence.findings.posh.reason, Reason::kPoshFailed);
}

TEST_F(VerificationPoshTest, E_15_TheVerdictEndsWithTheDocument) {
  reply_->body = DocumentOf(chain_, 42);
  EXPECT_EQ(Run(kStrong).expires, kStart.monotonic + seconds(42));
}

TEST_F(VerificationPoshTest, E_17_AndWithTheCertificate) {
  const auto brief = Issue({.not_after = {kTestNow.seconds + 23}});
  chain_ = ChainOf({&brief});
  reply_->body = DocumentOf(chain_);
  EXPECT_EQ(Run(kStrong).expires, kStart.monotonic + seconds(23));
}

// That there is no DANE is evidence too.
TEST_F(VerificationPoshTest, D_61_AndWithTheAnswersThatSayThereIsNoDane) {
  dns_.Srv("peer.example", 10, 5269, "mx.peer.example").lifetime = seconds(17);
  EXPECT_EQ(Run(kStrong).expires, kStart.monotonic + seconds(17));
}

TEST_F(VerificationPoshTest, E_18_AnAddressOfOursIsNotAsked) {
  dns_ = FakeDns();
  dns_.denials = DnsSecurity::kInsecure;
  dns_.Data("peer.example", RecordType::kA, {{127, 0, 0, 1}});
  EXPECT_EQ(OutcomeOf(kStrong), "absent");
  EXPECT_EQ(url_, "");
}

TEST_F(VerificationPoshTest, NothingIsFetchedForAPeerWithoutACertificate) {
  chain_ = CertificateChain();
  EXPECT_EQ(OutcomeOf(kAny), "absent+dialback");
  EXPECT_EQ(url_, "");
}

}  // namespace
}  // namespace danegate
