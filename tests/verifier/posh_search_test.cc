// The walk to a POSH document, in fake time: answers and replies from tables.
#include "verifier/posh/posh_search.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/support/test_certificates.h"
#include "verifier/posh/base64.h"

namespace danegate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::kTestNow;

constexpr char kPeerUrl[] =
    "https://peer.example/.well-known/posh/xmpp-server.json";

HttpsReply Status(unsigned status, std::string location = "") {
  return {.status = status, .location = std::move(location)};
}
HttpsReply Body(std::string body) {
  return {.status = 200, .body = std::move(body)};
}
HttpsReply Reference(const std::string& url, int expires) {
  return Body(R"({"url":")" + url + R"(","expires":)" +
              std::to_string(expires) + "}");
}

class PoshSearchTest : public testing::Test {
 protected:
  using Rdata = std::vector<std::uint8_t>;

  PoshSearchTest() : chain_(test::ChainOf({&leaf_})) {
    for (const char* host : {"peer.example", "hosting.example"}) {
      Address(host, RecordType::kA, {{8, 8, 8, 8}});
    }
  }

  Answer& Address(const std::string& host, RecordType type,
                  std::vector<Rdata> rdata) {
    Answer& answer = dns_[{host, type}];
    answer.status = rdata.empty() ? DnsStatus::kNoData : DnsStatus::kData;
    answer.security = DnsSecurity::kInsecure;
    answer.rdata = std::move(rdata);
    answer.canonical_name = host;
    return answer;
  }
  void Fail(const std::string& host, RecordType type, DnsSecurity security) {
    Answer& answer = Address(host, type, {});
    answer.status = DnsStatus::kFailed;
    answer.security = security;
    answer.failure = "no luck";
  }
  HttpsReply Fingerprint(int expires, bool own = true) const {
    Sha256 hash = chain_.LeafDigest();
    if (!own) hash[0] ^= 1;
    return Body(R"({"fingerprints":[{"sha-256":")" + EncodeBase64(hash) +
                R"("}],"expires":)" + std::to_string(expires) + "}");
  }

  Now At() const {
    return {Instant{std::chrono::hours(1)} + passed_,
            UnixTime{kTestNow.seconds + passed_ / seconds(1)}};
  }
  void Start() {
    search_.emplace(*Domain::Parse("peer.example"), chain_, settings_, guard_,
                    At());
  }
  // Answers and replies until the finding, or until nothing more is asked.
  void Play() {
    while (true) {
      search_->Advance(answers_, At());
      if (const auto question = answers_.NextWanted()) {
        ++questions_;
        Answer answer = dns_[*question];
        answer.question = *question;
        if (answer.canonical_name.empty()) answer.status = DnsStatus::kNoName;
        answers_.Put(answer);
      } else if (const auto request = search_->NextRequest()) {
        EXPECT_FALSE(search_->NextRequest().has_value());
        requests_.push_back(*request);
        const HttpsUrl url{request->host, request->port, request->path};
        const auto reply = web_.find(url.ToText());
        if (reply == web_.end()) return;
        passed_ += took_;
        search_->OnReply(reply->second, At());
      } else {
        return;
      }
    }
  }
  const PoshFinding& Run() {
    Start();
    Play();
    EXPECT_TRUE(search_->finding().has_value());
    EXPECT_LE(questions_, PoshSearch::kMaxQuestions);
    return *search_->finding();
  }
  void Expect(Outcome outcome, Reason reason, const std::string& detail = "") {
    const PoshFinding& finding = Run();
    EXPECT_EQ(ToString(finding.outcome), ToString(outcome)) << finding.detail;
    EXPECT_EQ(ToString(finding.reason), ToString(reason)) << finding.detail;
    EXPECT_NE(finding.detail.find(detail), std::string::npos) << finding.detail;
    EXPECT_FALSE(finding.detail.empty());
    EXPECT_EQ(search_->deadline(), Instant::Never());
  }

  const test::TestCertificate leaf_ = test::Issue({});
  CertificateChain chain_;
  PoshSettings settings_;
  AddressGuard guard_;
  std::map<Question, Answer> dns_;
  std::map<std::string, HttpsReply> web_;
  milliseconds took_{0};  // each request
  milliseconds passed_{0};

  Answers answers_;
  std::optional<PoshSearch> search_;
  std::vector<HttpsRequest> requests_;
  std::size_t questions_ = 0;
};

TEST_F(PoshSearchTest, E01_TheDocumentStandsAtTheDomainItself) {
  web_[kPeerUrl] = Fingerprint(3600);
  Expect(Outcome::kProved, Reason::kMatched);
  const PoshFinding& finding = *search_->finding();
  EXPECT_EQ(finding.url, kPeerUrl);
  EXPECT_EQ(finding.lifetime, seconds(3600));
  EXPECT_EQ(finding.not_after.seconds, kTestNow.seconds + 30 * test::kDay);
  ASSERT_EQ(requests_.size(), 1u);
  EXPECT_EQ(requests_[0].port, 443);
  EXPECT_EQ(requests_[0].addresses, (std::vector<Rdata>{{8, 8, 8, 8}}));
  EXPECT_EQ(requests_[0].deadline,
            Instant{std::chrono::hours(1)} + PoshSearch::kTimeLimit);
}

TEST_F(PoshSearchTest, NothingIsAskedForAPeerWithoutCertificate) {
  chain_ = CertificateChain();
  Expect(Outcome::kAbsent, Reason::kNoCertificate);
  EXPECT_EQ(questions_, 0u);
}

TEST_F(PoshSearchTest, E11_NotFoundMeansThatThereIsNone) {
  for (const unsigned status : {404u, 410u}) {
    web_[kPeerUrl] = Status(status);
    Expect(Outcome::kAbsent, Reason::kNoPosh);
  }
}

TEST_F(PoshSearchTest, E11_OtherFailuresAreIndeterminate) {
  for (const unsigned status : {100u, 204u, 206u, 300u, 304u, 305u, 400u, 401u,
                                403u, 429u, 500u, 503u}) {
    web_[kPeerUrl] = Status(status);
    Expect(Outcome::kIndeterminate, Reason::kPoshFailed,
           std::to_string(status));
  }
  web_[kPeerUrl] = {.failure = "the server's certificate has expired"};
  Expect(Outcome::kIndeterminate, Reason::kPoshFailed, "has expired");
  web_[kPeerUrl] = Body("<html>");
  Expect(Outcome::kIndeterminate, Reason::kPoshFailed, "no JSON");
  EXPECT_EQ(search_->finding()->lifetime, seconds(0));
}

TEST_F(PoshSearchTest, E12_AnotherFingerprintDoesNotProve) {
  web_[kPeerUrl] = Fingerprint(60, false);
  Expect(Outcome::kDisproved, Reason::kPoshNoMatch);
  EXPECT_EQ(search_->finding()->lifetime, seconds(60));
}

TEST_F(PoshSearchTest, E13_AnExpiredCertificateDoesNotProve) {
  web_[kPeerUrl] = Fingerprint(60);
  passed_ = std::chrono::hours(24 * 31);
  Expect(Outcome::kDisproved, Reason::kExpired);
}

TEST_F(PoshSearchTest, E05_ForeignHashesAreNoMaterial) {
  web_[kPeerUrl] = Body(R"({"fingerprints":[{"md5":"x"}],"expires":9})");
  Expect(Outcome::kAbsent, Reason::kNoPosh);
  EXPECT_EQ(search_->finding()->lifetime, seconds(0));
}

TEST_F(PoshSearchTest, E07_ZeroEndsDocumentsAndReferences) {
  web_[kPeerUrl] = Fingerprint(0);
  Expect(Outcome::kAbsent, Reason::kNoPosh, "no longer valid");
  web_[kPeerUrl] = Reference("https://hosting.example/p", 0);
  web_["https://hosting.example/p"] = Fingerprint(60);
  Expect(Outcome::kAbsent, Reason::kNoPosh, "no longer valid");
}

TEST_F(PoshSearchTest, E15_TheLowerExpiresCounts) {
  web_[kPeerUrl] = Reference("https://hosting.example/p", 60);
  web_["https://hosting.example/p"] = Fingerprint(86'400);
  Expect(Outcome::kProved, Reason::kMatched);
  EXPECT_EQ(search_->finding()->lifetime, seconds(60));
  EXPECT_EQ(search_->finding()->url, "https://hosting.example/p");
  web_[kPeerUrl] = Reference("https://hosting.example/p", 86'400);
  web_["https://hosting.example/p"] = Fingerprint(30);
  Expect(Outcome::kProved, Reason::kMatched);
  EXPECT_EQ(search_->finding()->lifetime, seconds(30));
}

TEST_F(PoshSearchTest, E15_AReferenceGrowsOldOnTheWay) {
  took_ = milliseconds(1500);
  web_[kPeerUrl] = Reference("https://hosting.example/p", 10);
  web_["https://hosting.example/p"] = Fingerprint(3600);
  Expect(Outcome::kProved, Reason::kMatched);
  EXPECT_EQ(search_->finding()->lifetime, seconds(8));
  web_[kPeerUrl] = Reference("https://hosting.example/p", 1);
  Expect(Outcome::kAbsent, Reason::kNoPosh);
}

TEST_F(PoshSearchTest, E08_AReferenceLeadsToFingerprintsOnly) {
  web_[kPeerUrl] = Reference("https://hosting.example/p", 60);
  web_["https://hosting.example/p"] = Reference(kPeerUrl, 60);
  Expect(Outcome::kIndeterminate, Reason::kPoshFailed, "refers to another");
  EXPECT_EQ(requests_.size(), 2u);
}

TEST_F(PoshSearchTest, E09_RedirectsAreFollowed) {
  for (const unsigned status : {301u, 302u, 303u, 307u, 308u}) {
    web_[kPeerUrl] = Status(status, "https://hosting.example/p");
    web_["https://hosting.example/p"] = Status(302, "q/r");
    web_["https://hosting.example/q/r"] = Fingerprint(60);
    Expect(Outcome::kProved, Reason::kMatched);
    EXPECT_EQ(requests_.back().host.ascii(), "hosting.example");  // E-10
  }
}

TEST_F(PoshSearchTest, E09_RedirectsAreBounded) {
  web_[kPeerUrl] = Status(302, kPeerUrl);
  Expect(Outcome::kIndeterminate, Reason::kPoshFailed, "more than 3");
  EXPECT_EQ(requests_.size(), 1 + PoshSearch::kMaxRedirects);
}

TEST_F(PoshSearchTest, D6_RedirectsAreBoundedAcrossAReference) {
  web_[kPeerUrl] = Status(302, "/1");
  web_["https://peer.example/1"] = Status(302, "/2");
  web_["https://peer.example/2"] = Reference("https://hosting.example/3", 60);
  web_["https://hosting.example/3"] = Status(302, "/4");
  web_["https://hosting.example/4"] = Status(302, "/5");
  Expect(Outcome::kIndeterminate, Reason::kPoshFailed, "more than 3");
  web_["https://hosting.example/4"] = Fingerprint(60);
  requests_.clear();
  Expect(Outcome::kProved, Reason::kMatched);
  EXPECT_EQ(requests_.size(), 5u);
}

TEST_F(PoshSearchTest, E09_RedirectsThatLeaveHttpsAreNotFollowed) {
  for (const char* location :
       {"", "http://hosting.example/p", "//127.0.0.1/p", "https://[::1]/",
        "https://user@hosting.example/", "/p#x", "/a b"}) {
    web_[kPeerUrl] = Status(302, location);
    requests_.clear();
    Expect(Outcome::kIndeterminate, Reason::kPoshFailed, "leads nowhere");
    EXPECT_EQ(requests_.size(), 1u) << location;
  }
}

TEST_F(PoshSearchTest, D4_AddressesThatTheGuardRefusesAreNotAskedFor) {
  Address("peer.example", RecordType::kA, {{127, 0, 0, 1}, {10, 0, 0, 1}});
  web_[kPeerUrl] = Fingerprint(60);
  Expect(Outcome::kAbsent, Reason::kNoPosh, "it is loopback");
  EXPECT_TRUE(requests_.empty());
}

TEST_F(PoshSearchTest, D4_TheGuardStandsBeforeEveryHop) {
  Address("inside.example", RecordType::kA, {{169, 254, 169, 254}});
  web_["https://inside.example/latest"] = Fingerprint(60);
  for (const HttpsReply& reply :
       {Status(302, "https://inside.example/latest"),
        Reference("https://inside.example/latest", 60)}) {
    web_[kPeerUrl] = reply;
    requests_.clear();
    Expect(Outcome::kAbsent, Reason::kNoPosh, "link-local");
    EXPECT_EQ(requests_.size(), 1u);
  }
}

TEST_F(PoshSearchTest, D4_TheGuardStandsBeforePorts) {
  for (const HttpsReply& reply :
       {Status(302, "https://hosting.example:6379/p"),
        Reference("https://hosting.example:22/p", 60)}) {
    web_[kPeerUrl] = reply;
    requests_.clear();
    Expect(Outcome::kAbsent, Reason::kNoPosh, "is not one of");
    EXPECT_EQ(requests_.size(), 1u);
  }
  web_[kPeerUrl] = Reference("https://hosting.example:8443/p", 60);
  web_["https://hosting.example:8443/p"] = Fingerprint(60);
  Expect(Outcome::kProved, Reason::kMatched);
}

TEST_F(PoshSearchTest, D5_OnlyTheVettedAddressesAreInTheRequest) {
  const Rdata public6 = {0x2a, 0, 0x14, 0x50, 0, 0, 0, 0,
                         0,    0, 0,    0,    0, 0, 0, 1};
  Rdata private6 = public6;
  private6[0] = 0xfd;
  Address(
      "peer.example", RecordType::kA,
      {{127, 0, 0, 1}, {8, 8, 8, 1}, {8, 8, 8, 2}, {8, 8, 8, 3}, {8, 8, 8}});
  Address("peer.example", RecordType::kAaaa, {private6, public6});
  web_[kPeerUrl] = Fingerprint(60);
  Expect(Outcome::kProved, Reason::kMatched);
  EXPECT_EQ(
      requests_[0].addresses,
      (std::vector<Rdata>{public6, {8, 8, 8, 1}, {8, 8, 8, 2}, {8, 8, 8, 3}}));
}

TEST_F(PoshSearchTest, E18_AtMostFourAddressesAreTried) {
  std::vector<Rdata> ipv4, ipv6;
  for (std::uint8_t i = 0; i < 100; ++i) {
    ipv4.push_back({8, 8, 8, i});
    ipv6.push_back(Rdata(16, 0x2a));
    ipv6.back().back() = i;
  }
  Address("peer.example", RecordType::kA, ipv4);
  Address("peer.example", RecordType::kAaaa, ipv6);
  web_[kPeerUrl] = Fingerprint(60);
  Expect(Outcome::kProved, Reason::kMatched);
  EXPECT_EQ(requests_[0].addresses,
            (std::vector<Rdata>{ipv6[0], ipv6[1], ipv4[0], ipv4[1]}));
}

TEST_F(PoshSearchTest, E23_ABogusAddressStopsTheSearch) {
  for (const RecordType type : {RecordType::kA, RecordType::kAaaa}) {
    dns_.clear();
    Address("peer.example", RecordType::kA, {{8, 8, 8, 8}});
    Fail("peer.example", type, DnsSecurity::kBogus);
    answers_ = Answers();
    Expect(Outcome::kIndeterminate, Reason::kDnsBogus, "no luck");
  }
  EXPECT_TRUE(requests_.empty());
}

TEST_F(PoshSearchTest, E23_AFailedLookUpIsNoAbsence) {
  Fail("peer.example", RecordType::kA, DnsSecurity::kInsecure);
  Expect(Outcome::kIndeterminate, Reason::kDnsFailed,
         "peer.example A: no luck");
  Fail("peer.example", RecordType::kAaaa, DnsSecurity::kInsecure);
  Address("peer.example", RecordType::kA, {{8, 8, 8, 8}});
  answers_ = Answers();
  web_[kPeerUrl] = Fingerprint(60);
  Expect(Outcome::kProved, Reason::kMatched);
}

TEST_F(PoshSearchTest, AHostWithoutAddressHasNoDocument) {
  dns_.clear();
  Expect(Outcome::kAbsent, Reason::kNoPosh, "peer.example has no address");
}

TEST_F(PoshSearchTest, D6_AllOfItTakesLessThanFiveSeconds) {
  Start();
  EXPECT_EQ(search_->deadline(), At().monotonic + seconds(4));
  Play();  // nobody answers the request
  passed_ = milliseconds(3999);
  search_->OnDeadline(At());
  EXPECT_FALSE(search_->finding().has_value());
  passed_ = milliseconds(4000);
  search_->OnDeadline(At());
  ASSERT_TRUE(search_->finding().has_value());
  EXPECT_EQ(search_->finding()->outcome, Outcome::kIndeterminate);
  EXPECT_EQ(search_->finding()->reason, Reason::kPoshFailed);
  search_->OnReply(Fingerprint(60), At());  // too late
  EXPECT_EQ(search_->finding()->outcome, Outcome::kIndeterminate);
}

TEST_F(PoshSearchTest, RepliesThatNobodyAskedForAreIgnored) {
  Start();
  search_->OnReply(Fingerprint(60), At());
  EXPECT_FALSE(search_->finding().has_value());
  EXPECT_FALSE(search_->NextRequest().has_value());
}

TEST_F(PoshSearchTest, TheSettingsPortIsAskedAndNeedsNoLeave) {
  settings_.port = 10443;
  web_["https://peer.example:10443/.well-known/posh/xmpp-server.json"] =
      Status(302, "/p");
  web_["https://peer.example:10443/p"] = Fingerprint(60);
  Expect(Outcome::kProved, Reason::kMatched);
}

}  // namespace
}  // namespace danegate
