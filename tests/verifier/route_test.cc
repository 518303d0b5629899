// Where the servers of a domain are, from a table of DNS answers.
#include "verifier/route.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/support/fake_dns.h"

namespace danegate {
namespace {

using std::chrono::seconds;

constexpr Now kStart{Instant{seconds(1000)}, UnixTime{1'800'000'000}};

class RouteTest : public testing::Test {
 protected:
  Route Search(std::uint64_t random = 1) {
    RouteSearch search(*Domain::Parse("peer.example"), random, kStart);
    while (!search.route()) {
      const auto question = search.NextQuestion();
      if (!question) {
        search.OnDeadline({search.deadline(), kStart.wall});
        continue;
      }
      ++asked_;
      if (const auto answer = dns_.Answered(*question)) {
        search.OnAnswer(*answer, kStart);
      }
    }
    return *search.route();
  }
  void AddTarget(const std::string& host, std::uint16_t priority,
                 bool direct_tls = false) {
    dns_.Srv("peer.example", priority, direct_tls ? 5270 : 5269, host,
             direct_tls);
    dns_.Address(host);
  }
  std::string Hosts(const Route& route) {
    std::string text;
    for (const Endpoint& endpoint : route.endpoints) {
      text += endpoint.target.host.ascii() + ":" +
              std::to_string(endpoint.target.port) +
              (endpoint.target.direct_tls ? "/direct " : " ");
    }
    return text;
  }

  FakeDns dns_;
  int asked_ = 0;
};

TEST_F(RouteTest, H_01_BothKindsAreOneSetInTheOrderOfPriority) {
  AddTarget("b.example", 20);
  AddTarget("a.example", 10);
  AddTarget("c.example", 15, true);
  const Route route = Search();
  EXPECT_EQ(Hosts(route),
            "a.example:5269 c.example:5270/direct b.example:5269 ");
  EXPECT_TRUE(route.endpoints[0].secure);
  ASSERT_EQ(route.steps.size(), 8u);  // two SRV, three of A and AAAA each
  EXPECT_EQ(route.steps[0].question.type, RecordType::kSrv);
  EXPECT_EQ(route.endpoints[0].addresses.size(), 1u);
}

// D-02: three times as often, over many draws.
TEST_F(RouteTest, D_02_WithinAPriorityTheWeightDecides) {
  const auto Weigh = [this](const char* host, std::uint8_t weight) {
    Answer& answer = dns_.Srv("peer.example", 10, 5269, host);
    answer.rdata.back()[3] = weight;
    dns_.Address(host);
  };
  Weigh("light.example", 10);
  Weigh("heavy.example", 30);
  std::map<std::string, int> first;
  constexpr int kDraws = 4000;
  for (int i = 0; i < kDraws; ++i) {
    const Route route = Search(static_cast<std::uint64_t>(i) * 7919);
    ++first[route.endpoints.at(0).target.host.ascii()];
    EXPECT_EQ(route.endpoints.size(), 2u);
  }
  EXPECT_NEAR(first["heavy.example"], kDraws * 3 / 4, kDraws / 20);
}

TEST_F(RouteTest, D_04_WithoutSrvTheDomainItselfIsTheServer) {
  dns_.Address("peer.example");
  EXPECT_EQ(Hosts(Search()), "peer.example:5269 ");
}

TEST_F(RouteTest, D_03_ADomainThatSaysItHasNoServerHasNone) {
  dns_.Srv("peer.example", 0, 0, "");
  dns_.Address("peer.example");
  const Route route = Search();
  EXPECT_TRUE(route.endpoints.empty());
  EXPECT_FALSE(route.temporary);
  EXPECT_EQ(route.failure, "peer.example says that it has no server");
}

TEST_F(RouteTest, D_11_AFailedSrvAnswerEndsTheSearchWithoutAnotherTry) {
  AddTarget("a.example", 10);
  dns_.Fail("_xmpps-server._tcp.peer.example", RecordType::kSrv, "SERVFAIL");
  const Route route = Search();
  EXPECT_TRUE(route.endpoints.empty());
  EXPECT_TRUE(route.temporary);
  EXPECT_NE(route.failure.find("SERVFAIL"), std::string::npos);
  EXPECT_EQ(asked_, 2);
}

TEST_F(RouteTest, D_13_ATargetWithoutAnAddressIsPassedOver) {
  dns_.Srv("peer.example", 10, 5269, "a.example");
  AddTarget("b.example", 20);
  EXPECT_EQ(Hosts(Search()), "b.example:5269 ");
  dns_.Fail("b.example", RecordType::kA, "time-out");
  const Route route = Search();
  EXPECT_EQ(route.failure, "no server of peer.example has an address");
  EXPECT_TRUE(route.temporary);
}

TEST_F(RouteTest, G_53_AnUnsignedRecordMakesTheEndpointInsecure) {
  AddTarget("a.example", 10);
  dns_.Address("a.example").security = DnsSecurity::kInsecure;
  EXPECT_FALSE(Search().endpoints.at(0).secure);
  dns_ = FakeDns();
  AddTarget("a.example", 10);
  dns_.Srv("peer.example", 10, 5269, "a.example").security =
      DnsSecurity::kInsecure;
  EXPECT_FALSE(Search().endpoints.at(0).secure);
}

TEST_F(RouteTest, L_06_ManyTargetsAndAddressesAreCut) {
  for (int i = 0; i < 50; ++i) {
    const std::string host = "h" + std::to_string(i) + ".example";
    for (int j = 0; j < 10; ++j) dns_.Address(host);
    dns_.Srv("peer.example", 10, 5269, host);
  }
  const Route route = Search();
  EXPECT_EQ(route.endpoints.size(), RouteSearch::kMaxEndpoints);
  for (const Endpoint& endpoint : route.endpoints) {
    EXPECT_EQ(endpoint.addresses.size(), RouteSearch::kMaxAddresses);
  }
  EXPECT_LE(asked_, 2 + 2 * static_cast<int>(RouteSearch::kMaxEndpoints));
}

TEST_F(RouteTest, D_06_NeitherFamilyKeepsTheOtherOut) {
  AddTarget("a.example", 10);
  for (int i = 0; i < 8; ++i) {
    dns_.Data("a.example", RecordType::kAaaa, {FakeDns::Rdata(16, 1)});
  }
  std::string sizes;
  const Route route = Search();
  for (const auto& address : route.endpoints.at(0).addresses) {
    sizes += std::to_string(address.size()) + " ";
  }
  EXPECT_EQ(sizes, "16 4 16 16 ");
}

TEST_F(RouteTest, D_22_SilenceEndsAtTheDeadline) {
  AddTarget("a.example", 10);
  dns_.Drop("a.example", RecordType::kA);
  const Route route = Search();
  EXPECT_TRUE(route.temporary);
  EXPECT_EQ(route.failure, "no answer to a.example A within 8 s");
}

}  // namespace
}  // namespace danegate
