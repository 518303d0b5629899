// The door to libcurl against a real HTTPS server that does what it should not
// (threats D6); with_https.py runs it. Each test ends by the fetch's own
// limits.
#include "verifier/https_fetch.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <openssl/sha.h>
#include <sys/socket.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "tests/verifier/asking.h"
#include "verifier/clock.h"
#include "verifier/posh/posh_search.h"

namespace danegate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// As in https_server.py.
constexpr std::uint16_t kHttps = 8443;
constexpr std::uint16_t kPlain = 8080;
constexpr std::uint16_t kSilent = 8444;
constexpr std::uint16_t kOldTls = 8446;
constexpr std::uint16_t kClosed = 8447;

constexpr milliseconds kAmple{5000};
constexpr milliseconds kShort{400};
// Beyond a limit, for a machine that is busy.
constexpr milliseconds kGrace{2000};

std::string FromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  if (value != nullptr) return value;
  std::fprintf(stderr, "%s is not set: run this with with_https.py\n", name);
  std::exit(70);
}

std::vector<std::uint8_t> Octets(const std::string& text) {
  const bool is_ipv6 = text.find(':') != std::string::npos;
  std::vector<std::uint8_t> octets(is_ipv6 ? 16 : 4);
  inet_pton(is_ipv6 ? AF_INET6 : AF_INET, text.c_str(), octets.data());
  return octets;
}

class HttpsFetchTest : public ::testing::Test {
 protected:
  HttpsFetchTest()
      : fetch_(*HttpsFetch::Open(
            loop_.get(), {FromEnvironment("DANEGATE_TEST_HTTPS_AUTHORITY")})) {}

  HttpsRequest Request(const std::string& path,
                       const std::string& host = "good.example",
                       std::uint16_t port = kHttps,
                       milliseconds time = kAmple) {
    return {*Domain::Parse(host),
            port,
            path,
            {Octets(FromEnvironment("DANEGATE_TEST_HTTPS"))},
            ReadNow().monotonic + time};
  }
  HttpsReply Get(const HttpsRequest& request) {
    fetch_->Fetch(7, request, ReadNow());
    const HttpsFetch::Reply reply = Wait();
    EXPECT_EQ(reply.ticket, 7u);
    EXPECT_LE(ReadNow().monotonic, request.deadline + kGrace);
    return reply.reply;
  }
  HttpsFetch::Reply Wait() {
    const Instant end = ReadNow().monotonic + seconds(20);
    while (true) {
      if (auto reply = fetch_->NextReply()) return *std::move(reply);
      if (ReadNow().monotonic > end) return {0, {.failure = "no reply"}};
      loop_.Turn(milliseconds(100));
    }
  }
  // Fails, at once but for what it waits for.
  void ExpectFailure(const HttpsRequest& request, const std::string& why) {
    const HttpsReply reply = Get(request);
    EXPECT_EQ(reply.status, 0u) << request.path;
    EXPECT_EQ(reply.body, "") << request.path;
    EXPECT_NE(reply.failure.find(why), std::string::npos)
        << request.path << " of " << request.host.ascii() << ": "
        << reply.failure;
  }

  testing::TestLoop loop_;
  std::unique_ptr<HttpsFetch> fetch_;
};

TEST_F(HttpsFetchTest, GetsADocument) {
  const HttpsReply reply = Get(Request("/document"));
  EXPECT_EQ(reply.status, 200u) << reply.failure;
  EXPECT_EQ(reply.body, R"({"fingerprints":[{}],"expires":60})");
  EXPECT_EQ(reply.failure, "");
  EXPECT_EQ(reply.location, "");
}

TEST_F(HttpsFetchTest, FollowsAnIntermediateToItsAuthority) {
  EXPECT_EQ(Get(Request("/document", "chained.example")).status, 200u);
}

// E-16, and what gives nothing away: no credentials, no cookie, no compression.
TEST_F(HttpsFetchTest, E16_TheRequestSaysNoMoreThanItMust) {
  setenv("https_proxy", "http://127.0.0.1:1", 1);
  setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
  EXPECT_EQ(Get(Request("/cookie")).status, 200u);
  EXPECT_EQ(Get(Request("/unauthorized")).status, 401u);
  EXPECT_EQ(Get(Request("/echo")).body,
            "GET /echo HTTP/1.1\r\n"
            "Host: good.example:8443\r\n"
            "User-Agent: danegate\r\n"
            "Cache-Control: no-cache\r\n"
            "Accept: application/json\r\n\r\n");
  unsetenv("https_proxy");
  unsetenv("ALL_PROXY");
}

TEST_F(HttpsFetchTest, E11_OtherStatusesAreReplies) {
  EXPECT_EQ(Get(Request("/missing")).status, 404u);
}

TEST_F(HttpsFetchTest, E09_RedirectsAreNotFollowed) {
  const HttpsReply reply = Get(Request("/redirect"));
  EXPECT_EQ(reply.status, 302u);
  EXPECT_EQ(reply.location, "https://other.example/x");
  ExpectFailure(Request("/two-locations"), "two Locations");
}

TEST_F(HttpsFetchTest, E02_TheCertificateMustBeTheHostsOwn) {
  for (const auto& [host, why] : std::map<std::string, std::string>{
           {"wrong-name.example", "does not match"},
           {"self-signed.example", "certificate verification failed"},
           {"foreign.example", "certificate verification failed"},
           {"expired.example", "certificate verification failed"},
           {"client-only.example", "without serverAuth"},
           {"common-name.example", "the leaf does not name"},
           {"unknown.example", "not recognized"}}) {
    ExpectFailure(Request("/document", host), why);
  }
}

TEST_F(HttpsFetchTest, I01_OldTlsIsRefused) {
  ExpectFailure(Request("/document", "good.example", kOldTls),
                "protocol version");
}

TEST_F(HttpsFetchTest, D6_HttpOnThePortIsRefused) {
  ExpectFailure(Request("/document", "good.example", kPlain), "");
}

TEST_F(HttpsFetchTest, D6_BodiesAreBounded) {
  EXPECT_EQ(Get(Request("/limit")).body.size(), HttpsFetch::kMaxBody);
  for (const char* path : {"/large", "/large-untold", "/huge", "/endless"}) {
    ExpectFailure(Request(path), "more than 65536 octets");
  }
  ExpectFailure(Request("/endless-chunks"), "more than 1024 pieces");
}

TEST_F(HttpsFetchTest, D6_HeadersAreBounded) {
  for (const char* path : {"/endless-header", "/endless-interim"}) {
    ExpectFailure(Request(path), "header has more than 16384 octets");
  }
  ExpectFailure(Request("/endless-line"), "");
}

TEST_F(HttpsFetchTest, D6_TheDeadlineIsForAllOfIt) {
  for (const char* path : {"/drip", "/drip-header", "/silence"}) {
    const Instant start = ReadNow().monotonic;
    ExpectFailure(Request(path, "good.example", kHttps, kShort), "timed out");
    EXPECT_GE(ReadNow().monotonic, start + kShort);
  }
  ExpectFailure(Request("/", "good.example", kSilent, kShort), "timed out");
}

TEST_F(HttpsFetchTest, D6_AGzipBombStaysShut) {
  const HttpsReply reply = Get(Request("/gzip"));
  EXPECT_EQ(reply.status, 200u) << reply.failure;
  EXPECT_LT(reply.body.size(), 20'000u);
}

TEST_F(HttpsFetchTest, HalfAnAnswerIsNone) {
  for (const char* path : {"/truncated", "/nothing", "/not-http"}) {
    ExpectFailure(Request(path), "");
  }
}

TEST_F(HttpsFetchTest, ARefusedConnectionIsAFailure) {
  ExpectFailure(Request("/document", "good.example", kClosed), "connect");
}

TEST_F(HttpsFetchTest, TheNextAddressIsTriedWhereOneFails) {
  HttpsRequest request = Request("/document");
  // Nobody listens on the block's other addresses.
  std::vector<std::uint8_t> other = request.addresses[0];
  other[3] = 250;
  request.addresses.insert(request.addresses.begin(), other);
  EXPECT_EQ(Get(request).status, 200u);
}

// Threats D5: nothing is looked up, whatever the name is.
TEST_F(HttpsFetchTest, D5_OnlyTheRequestsAddressesAreConnectedTo) {
  HttpsRequest request = Request("/document", "localhost", kHttps, kShort);
  request.addresses[0][3] = 250;
  ExpectFailure(request, "localhost");
  request = Request("/document");
  request.addresses.clear();
  ExpectFailure(request, "no address");
}

TEST_F(HttpsFetchTest, D5_RequestsForOneHostDoNotLendEachOtherAddresses) {
  HttpsRequest astray = Request("/document");
  astray.addresses[0][3] = 250;
  fetch_->Fetch(1, Request("/document"), ReadNow());
  fetch_->Fetch(2, astray, ReadNow());
  fetch_->Fetch(3, Request("/document"), ReadNow());
  std::map<std::uint64_t, unsigned> statuses;
  for (int i = 0; i < 3; ++i) {
    const auto reply = Wait();
    statuses[reply.ticket] = reply.reply.status;
  }
  EXPECT_EQ(statuses,
            (std::map<std::uint64_t, unsigned>{{1, 200}, {2, 0}, {3, 200}}));
}

TEST_F(HttpsFetchTest, Ipv6AddressesAreTaken) {
  HttpsRequest request = Request("/document", "good.example", kClosed);
  request.addresses = {Octets("::1")};
  ExpectFailure(request, "connect");
}

TEST_F(HttpsFetchTest, ADeadlineThatIsOverFailsAtOnce) {
  HttpsRequest request = Request("/document");
  request.deadline = ReadNow().monotonic;
  ExpectFailure(request, "over");
}

TEST_F(HttpsFetchTest, L06_FurtherRequestsFailAtOnce) {
  for (std::size_t i = 0; i < HttpsFetch::kMaxFetches; ++i) {
    fetch_->Fetch(i, Request("/", "good.example", kSilent), ReadNow());
  }
  EXPECT_FALSE(fetch_->NextReply().has_value());
  fetch_->Fetch(1000, Request("/document"), ReadNow());
  const auto reply = fetch_->NextReply();
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->ticket, 1000u);
  EXPECT_NE(reply->reply.failure.find("64 requests"), std::string::npos);
  // And all of them are broken off at the end.
}

TEST_F(HttpsFetchTest, ItMayBeDeletedInTheMiddleOfAnything) {
  const std::vector<std::string> paths = {"/document", "/endless-chunks",
                                          "/drip", "/silence"};
  for (int turns = 0; turns < 12; ++turns) {
    for (std::size_t i = 0; i < paths.size(); ++i) {
      fetch_->Fetch(i, Request(paths[i]), ReadNow());
    }
    for (int turn = 0; turn < turns; ++turn) loop_.Turn(milliseconds(20));
    fetch_ = *HttpsFetch::Open(
        loop_.get(), {FromEnvironment("DANEGATE_TEST_HTTPS_AUTHORITY")});
  }
  EXPECT_EQ(Get(Request("/document")).status, 200u);
}

TEST_F(HttpsFetchTest, AMissingAuthorityFileIsSaid) {
  const auto fetch = HttpsFetch::Open(loop_.get(), {"/nonexistent/ca.pem"});
  ASSERT_FALSE(fetch.ok());
  EXPECT_NE(fetch.error().find("/nonexistent/ca.pem"), std::string::npos);
}

// libcurl brings OpenSSL's libcrypto along, for Kerberos and SSH. What it looks
// for must not be found in the program.
TEST_F(HttpsFetchTest, NoSharedLibraryFindsBoringSslsNames) {
  for (const char* name : {"SHA256", "EVP_sha256", "X509_new", "RAND_bytes"}) {
    Dl_info where{};
    void* const found = dlsym(RTLD_DEFAULT, name);
    if (found == nullptr || dladdr(found, &where) == 0) continue;
    EXPECT_NE(std::string(where.dli_fname).find("libcrypto.so"),
              std::string::npos)
        << name << " is found in " << where.dli_fname;
  }
}

// The search and the fetch together, over a reference to another host.
TEST_F(HttpsFetchTest, E08_ASearchFollowsAReference) {
  const auto loopback = AddressPrefix::Parse("127.0.0.0/8");
  const AddressGuard guard({.allowed = {*loopback}});
  const CertificateChain chain =
      CertificateChain::FromDer(std::vector<std::vector<std::uint8_t>>{{0}});
  PoshSearch search(*Domain::Parse("good.example"), chain, {.port = kHttps},
                    guard, ReadNow());
  Answers answers;
  std::vector<std::string> asked;
  while (!search.finding()) {
    search.Advance(answers, ReadNow());
    while (const auto question = answers.NextWanted()) {
      Answer answer{.question = *question, .status = DnsStatus::kNoData};
      if (question->type == RecordType::kA) {
        answer.status = DnsStatus::kData;
        answer.rdata = {Octets(FromEnvironment("DANEGATE_TEST_HTTPS"))};
      }
      answers.Put(answer);
    }
    if (auto request = search.NextRequest()) {
      asked.push_back(request->host.ascii() + request->path);
      if (asked.size() == 1) request->path = "/reference";
      search.OnReply(Get(*request), ReadNow());
    }
  }
  EXPECT_EQ(asked, (std::vector<std::string>{
                       "good.example/.well-known/posh/xmpp-server.json",
                       "other.example/document"}));
  EXPECT_EQ(search.finding()->reason, Reason::kNoPosh);  // its descriptor: {}
  EXPECT_EQ(search.finding()->url, "https://other.example:8443/document");
}

}  // namespace
}  // namespace danegate
