#include "proxy/command/doctor/survey.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/fake_dns.h"

namespace danegate {
namespace {

// Asks until there are facts.
DomainFacts Look(const FakeDns& dns, std::size_t* asked = nullptr) {
  Survey survey(*Domain::Parse("im.example"), {5269, 5270});
  Answers answers;
  survey.Advance(answers);
  while (!survey.facts()) {
    const auto question = answers.NextWanted();
    if (!question) ADD_FAILURE() << "it wants nothing, and knows nothing";
    if (!question) break;
    if (asked != nullptr) ++*asked;
    answers.Put(*dns.Answered(*question));
    survey.Advance(answers);
  }
  return *survey.facts();
}

TEST(Survey, StartTlsComesFirstWhateverThePriorities) {
  FakeDns dns;
  dns.Srv("im.example", 10, 5269, "a.example");
  dns.Srv("im.example", 0, 5270, "b.example", true);
  dns.Address("a.example");
  dns.Address("b.example");
  dns.Tlsa("_5269._tcp.a.example", "3 1 1 00");
  dns.Tlsa("_5270._tcp.b.example", "3 1 1 00");
  const auto facts = Look(dns);
  ASSERT_EQ(facts.endpoints.size(), 2u);
  EXPECT_EQ(facts.endpoints[0].target.host.ascii(), "a.example");
  EXPECT_TRUE(facts.endpoints[0].secure);
  EXPECT_EQ(facts.endpoints[1].finding.kind, TargetFinding::Kind::kTlsa);
}

TEST(Survey, MissingTlsaRecordsAreLookedForAtOtherPorts) {
  FakeDns dns;
  dns.Srv("im.example", 0, 5269, "a.example");
  dns.Address("a.example");
  dns.Tlsa("_5270._tcp.a.example", "3 1 1 00");
  const auto facts = Look(dns);
  ASSERT_EQ(facts.endpoints.size(), 1u);
  EXPECT_EQ(facts.endpoints[0].finding.kind, TargetFinding::Kind::kWithoutTlsa);
  EXPECT_EQ(facts.endpoints[0].tlsa_elsewhere,
            std::vector<std::string>{"_5270._tcp.a.example"});
}

TEST(Survey, D11AfterAFailureNothingMoreIsAsked) {
  FakeDns dns;
  dns.Srv("im.example", 0, 5269, "a.example");
  dns.Fail("_xmpps-server._tcp.im.example", RecordType::kSrv, "SERVFAIL");
  std::size_t asked = 0;
  EXPECT_TRUE(Look(dns, &asked).endpoints.empty());
  EXPECT_EQ(asked, 2u);
}

TEST(Survey, TheNumberOfEndpointsIsBounded) {
  FakeDns dns;
  for (int i = 0; i < 20; ++i) {
    dns.Srv("im.example", 0, 5269, "a" + std::to_string(i) + ".example");
  }
  const auto facts = Look(dns);
  EXPECT_EQ(facts.endpoints.size(), Survey::kMaxEndpoints);
  EXPECT_TRUE(facts.too_many);
}

}  // namespace
}  // namespace danegate
