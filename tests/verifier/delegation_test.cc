#include "verifier/verification/delegation.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace danegate {
namespace {

using Rdata = std::vector<std::uint8_t>;

Rdata Srv(std::uint8_t priority, std::uint8_t port, const std::string& target) {
  Rdata rdata = {0, priority, 0, 0, 0x14, port};
  if (!target.empty()) {
    rdata.push_back(static_cast<std::uint8_t>(target.size()));
    rdata.insert(rdata.end(), target.begin(), target.end());
  }
  rdata.push_back(0);
  return rdata;
}
constexpr std::uint8_t kStartTls = 0x95;   // 5269
constexpr std::uint8_t kDirectTls = 0x96;  // 5270

class DelegationTest : public testing::Test {
 protected:
  Answer Of(bool direct_tls, std::vector<Rdata> rdata,
            DnsSecurity security = DnsSecurity::kSecure) {
    Answer answer;
    answer.question = SrvQuestion(domain_, direct_tls);
    answer.status = rdata.empty() ? DnsStatus::kNoData : DnsStatus::kData;
    answer.security = security;
    answer.rdata = std::move(rdata);
    return answer;
  }
  Answer Failure(bool direct_tls, DnsSecurity security) {
    Answer answer = Of(direct_tls, {}, security);
    answer.status = DnsStatus::kFailed;
    answer.failure = "no answer";
    return answer;
  }
  Delegation Read(const Answer& starttls, const Answer& direct_tls) {
    return ReadDelegation(domain_, starttls, direct_tls);
  }
  static std::string Names(const Delegation& delegation) {
    std::string names;
    for (const auto& target : delegation.targets) {
      names += target.host.ascii() + ":" + std::to_string(target.port) +
               (target.direct_tls ? "/direct " : " ");
    }
    return names;
  }

  const Domain domain_ = *Domain::Parse("peer.example");
};

TEST_F(DelegationTest, D01_AsksForBothServices) {
  EXPECT_EQ(SrvQuestion(domain_, false).name, "_xmpp-server._tcp.peer.example");
  EXPECT_EQ(SrvQuestion(domain_, true).name, "_xmpps-server._tcp.peer.example");
}

TEST_F(DelegationTest, H01_BothKindsAreOneSetByPriority) {
  const Delegation delegation =
      Read(Of(false, {Srv(20, kStartTls, "late"), Srv(5, kStartTls, "First")}),
           Of(true, {Srv(10, kDirectTls, "middle")}));
  EXPECT_EQ(delegation.status, DelegationStatus::kSecure);
  EXPECT_EQ(Names(delegation), "first:5269 middle:5270/direct late:5269 ");
  EXPECT_FALSE(delegation.has_others);
}

TEST_F(DelegationTest, D61_LivesNoLongerThanEitherAnswer) {
  const Answer records = Of(false, {Srv(5, kStartTls, "mx")});
  for (Answer starttls :
       {records, Of(false, {})}) {  // with, and without (D-05)
    Answer direct_tls = Of(true, {});
    starttls.lifetime = std::chrono::seconds(90);
    direct_tls.lifetime = std::chrono::seconds(60);
    EXPECT_EQ(Read(starttls, direct_tls).lifetime, std::chrono::seconds(60));
    starttls.lifetime = std::chrono::seconds(30);
    EXPECT_EQ(Read(starttls, direct_tls).lifetime, std::chrono::seconds(30));
  }
}

TEST_F(DelegationTest, D05_WithoutSrvTheDomainIsItsOwnTarget) {
  const Delegation delegation = Read(Of(false, {}), Of(true, {}));
  EXPECT_EQ(delegation.status, DelegationStatus::kSecure);
  EXPECT_EQ(Names(delegation), "peer.example:5269 ");
}

TEST_F(DelegationTest, D12_AnUnsignedDenialIsAnInsecureDelegation) {
  EXPECT_EQ(Read(Of(false, {}, DnsSecurity::kInsecure), Of(true, {})).status,
            DelegationStatus::kInsecure);
}

TEST_F(DelegationTest, D03_ADotSaysThatThereIsNoService) {
  const Answer dot = Of(false, {Srv(0, 0, "")});
  EXPECT_EQ(Read(dot, Of(true, {})).status, DelegationStatus::kNoService);
  EXPECT_EQ(Read(dot, Of(true, {Srv(0, 0, "")})).status,
            DelegationStatus::kNoService);
  // H-08: a dot at one service says nothing of the other.
  EXPECT_EQ(Names(Read(Of(false, {Srv(0, kStartTls, "mx")}),
                       Of(true, {Srv(0, 0, "")}))),
            "mx:5269 ");
}

TEST_F(DelegationTest, K16_AFailureOfEitherIsAFailureOfTheSet) {
  const Answer good = Of(false, {Srv(0, kStartTls, "mx")});
  for (const auto security : {DnsSecurity::kBogus, DnsSecurity::kInsecure}) {
    const Delegation delegation = Read(good, Failure(true, security));
    EXPECT_EQ(delegation.status, DelegationStatus::kFailed);
    EXPECT_EQ(delegation.bogus, security == DnsSecurity::kBogus);
    EXPECT_EQ(delegation.failure,
              "_xmpps-server._tcp.peer.example SRV: no answer");
  }
}

TEST_F(DelegationTest, D10_InsecureRecordsDelegateToNobody) {
  const Answer insecure =
      Of(false, {Srv(0, kStartTls, "evil")}, DnsSecurity::kInsecure);
  EXPECT_EQ(Read(insecure, Of(true, {})).status, DelegationStatus::kInsecure);
  const Delegation mixed = Read(insecure, Of(true, {Srv(0, kDirectTls, "mx")}));
  EXPECT_EQ(Names(mixed), "mx:5270/direct ");
  EXPECT_TRUE(mixed.has_others);
}

TEST_F(DelegationTest, TargetsThatAreNoHostNamesAreLeftOutAndRemembered) {
  const Delegation delegation = Read(Of(false, {Srv(0, kStartTls, "mx"),
                                                Srv(0, kStartTls, "192.0.2.1"),
                                                Srv(0, kStartTls, "a b"),
                                                {0, 1}}),
                                     Of(true, {}));
  EXPECT_EQ(Names(delegation), "mx:5269 ");
  EXPECT_TRUE(delegation.has_others);
}

TEST_F(DelegationTest, ATargetNamedTwiceIsOne) {
  EXPECT_EQ(
      Names(Read(Of(false, {Srv(0, kStartTls, "mx"), Srv(9, kStartTls, "MX")}),
                 Of(true, {}))),
      "mx:5269 ");
}

TEST(SrvRecord, RefusesRdataThatIsNoSrv) {
  const std::vector<Rdata> rows = {
      {},                                // nothing
      {0, 0, 0, 0, 0, 0},                // no target
      {0, 0, 0, 0, 0, 0, 3, 'm', 'x'},   // a label that is too long
      {0, 0, 0, 0, 0, 0, 2, 'm', 'x'},   // no root label
      {0, 0, 0, 0, 0, 0, 0, 0},          // octets behind the name
      {0, 0, 0, 0, 0, 0, 0xc0, 0x0c},    // a compressed name
      {0, 0, 0, 0, 0, 0, 1, '.', 0},     // a dot within a label
      {0, 0, 0, 0, 0, 0, 2, 'a', 0, 0},  // a NUL within a label
  };
  for (const Rdata& rdata : rows) {
    EXPECT_FALSE(SrvRecord::ParseRdata(rdata).ok()) << rdata.size();
  }
}

TEST(SrvRecord, IsShownInPresentationForm) {
  EXPECT_EQ(SrvRecord::ParseRdata(Srv(10, kStartTls, "MX"))->ToText(),
            "10 0 5269 mx.");
}

}  // namespace
}  // namespace danegate
