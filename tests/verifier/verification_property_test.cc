// What holds for every verification, whatever the DNS says in whatever order.
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "tests/support/fake_dns.h"
#include "tests/support/test_certificates.h"
#include "verifier/dane/suggested_record.h"
#include "verifier/pkix.h"
#include "verifier/verification.h"

namespace danegate {
namespace {

using test::ChainOf;
using test::Issue;

constexpr Now kStart{Instant{std::chrono::hours(1)}, test::kTestNow};

// A domain with every kind of endpoint: two services, an alias, a host with
// both kinds of address, one without any.
FakeDns Zone(const std::string& first, const std::string& second) {
  FakeDns dns;
  dns.Srv("peer.example", 10, 5269, "mx1.peer.example");
  dns.Srv("peer.example", 20, 5269, "alias.peer.example");
  dns.Srv("peer.example", 30, 5269, "gone.peer.example");
  dns.Srv("peer.example", 5, 5270, "mx1.peer.example", /*direct_tls=*/true);
  dns.Address("mx1.peer.example");
  dns.Data("mx1.peer.example", RecordType::kAaaa, {FakeDns::Rdata(16, 1)});
  dns.Address("alias.peer.example").canonical_name = "mx2.peer.example";
  dns.Tlsa("_5269._tcp.mx1.peer.example", first);
  dns.Tlsa("_5270._tcp.mx1.peer.example", first);
  dns.Tlsa("_5269._tcp.mx2.peer.example", second);
  return dns;
}

class VerificationPropertyTest : public testing::Test {
 protected:
  VerificationPropertyTest() : chain_(ChainOf({&leaf_})) {
    own_ = SuggestedTlsa(chain_);
    const auto other = Issue({});
    foreign_ = SuggestedTlsa(ChainOf({&other}));
  }
  Verdict Run(FakeDns& dns) const {
    Verification verification(ClaimedDomain{*Domain::Parse("peer.example")},
                              chain_, {.trust = &trust_}, kStart);
    return dns.Run(verification, kStart);
  }
  std::vector<FakeDns> Zones() const {
    return {Zone(own_, foreign_),         Zone(foreign_, own_),
            Zone(foreign_, foreign_),     Zone(foreign_, "3 1 9 AA"),
            Zone("3 1 9 AA", "3 1 9 AA"), FakeDns()};
  }
  // Every question that a verification in this zone asks.
  std::vector<Question> QuestionsIn(FakeDns dns) const {
    std::vector<Question> questions;
    for (const EvidenceStep& step : Run(dns).evidence.steps) {
      questions.push_back(step.question);
    }
    return questions;
  }

  const test::TestCertificate leaf_ = Issue({});
  const CertificateChain chain_;
  const TrustStore trust_;
  std::string own_, foreign_;
};

TEST_F(VerificationPropertyTest, TheOrderOfAnswersChangesNothing) {
  for (const FakeDns& zone : Zones()) {
    FakeDns dns = zone;
    const Verdict expected = Run(dns);
    for (std::uint32_t order = 1; order < 200; ++order) {
      dns = zone;
      dns.order = order;
      const Verdict verdict = Run(dns);
      EXPECT_EQ(verdict.outcome(), expected.outcome());
      EXPECT_EQ(verdict.reason(), expected.reason());
    }
  }
}

// L-05, D-21: whoever can spoil an answer can delay a verdict, not turn it.
TEST_F(VerificationPropertyTest, L05AFailureNeverTurnsAVerdict) {
  for (const FakeDns& zone : Zones()) {
    FakeDns whole = zone;
    const Verdict expected = Run(whole);
    for (const Question& question : QuestionsIn(zone)) {
      for (const DnsSecurity security :
           {DnsSecurity::kInsecure, DnsSecurity::kBogus}) {
        FakeDns dns = zone;
        dns.Fail(question.name, question.type, "spoilt", security);
        const Verdict verdict = Run(dns);
        EXPECT_TRUE(verdict.outcome() == expected.outcome() ||
                    verdict.outcome() == Outcome::kIndeterminate)
            << question.name << ": " << ToString(verdict.outcome());
      }
    }
  }
}

TEST_F(VerificationPropertyTest, L05AnAnswerThatNeverComesNeverTurnsAVerdict) {
  for (const FakeDns& zone : Zones()) {
    FakeDns whole = zone;
    const Verdict expected = Run(whole);
    for (const Question& question : QuestionsIn(zone)) {
      FakeDns dns = zone;
      dns.Drop(question.name, question.type);
      const Verdict verdict = Run(dns);
      EXPECT_TRUE(verdict.outcome() == expected.outcome() ||
                  verdict.outcome() == Outcome::kIndeterminate)
          << question.name << ": " << ToString(verdict.outcome());
    }
  }
}

// D-10, D-13, D-16: whoever can forge what is not signed can hide a proof, but
// proves nothing, even if all other answers are as good as they can be.
TEST_F(VerificationPropertyTest, D10UnsignedAnswersNeverProve) {
  FakeDns good = Zone(own_, own_);
  good.Data("alias.peer.example", RecordType::kCname, {{0}});
  good.Tlsa("_5269._tcp.alias.peer.example", own_);
  const auto prove = [&](std::initializer_list<RecordType> unsigned_types) {
    FakeDns dns = good;
    for (const RecordType type : unsigned_types) dns.Unsign(type);
    return Run(dns).outcome() == Outcome::kProved;
  };
  ASSERT_TRUE(prove({}));
  EXPECT_FALSE(prove({RecordType::kSrv}));
  EXPECT_FALSE(prove({RecordType::kTlsa}));
  // D-14: the signed CNAME is the one way around an unsigned address.
  EXPECT_TRUE(prove({RecordType::kA, RecordType::kAaaa}));
  EXPECT_FALSE(prove({RecordType::kA, RecordType::kAaaa, RecordType::kCname}));
}

// D-16: nor does one forged record beside signed ones that do not match.
TEST_F(VerificationPropertyTest, D16OneUnsignedTlsaNeverProves) {
  int forged = 0;
  for (const Question& question : QuestionsIn(Zone(foreign_, foreign_))) {
    if (question.type != RecordType::kTlsa) continue;
    FakeDns dns = Zone(foreign_, foreign_);
    dns.Tlsa(question.name, own_).security = DnsSecurity::kInsecure;
    EXPECT_NE(Run(dns).outcome(), Outcome::kProved) << question.name;
    ++forged;
  }
  EXPECT_EQ(forged, 3);
}

TEST_F(VerificationPropertyTest, EveryRefusalSaysWhatToDo) {
  for (FakeDns dns : Zones()) {
    const Verdict verdict = Run(dns);
    EXPECT_EQ(verdict.remedy.empty(), verdict.outcome() == Outcome::kProved);
    EXPECT_FALSE(verdict.evidence.steps.empty());
  }
}

}  // namespace
}  // namespace danegate
