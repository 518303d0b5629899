// Each mistake that `danegate doctor` knows, made in facts that are by the
// book.
#include "proxy/command/doctor/diagnosis.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "tests/support/test_certificates.h"
#include "verifier/posh_document.h"

namespace danegate {
namespace {

using test::ChainOf;
using test::DnsName;
using test::Issue;
using test::kDay;
using test::kTestNow;
using Octets = std::vector<std::uint8_t>;

constexpr char kDomain[] = "im.example";
constexpr char kHost[] = "xmpp.host.example";

Domain D(const std::string& text) { return *Domain::Parse(text); }

Octets Srv(std::uint16_t port, const std::string& target) {
  Octets rdata{0,
               0,
               0,
               0,
               static_cast<std::uint8_t>(port >> 8),
               static_cast<std::uint8_t>(port)};
  for (std::size_t at = 0; at < target.size();) {
    const std::size_t end = std::min(target.find('.', at), target.size());
    rdata.push_back(static_cast<std::uint8_t>(end - at));
    rdata.insert(rdata.end(), target.begin() + static_cast<long>(at),
                 target.begin() + static_cast<long>(end));
    at = end + 1;
  }
  rdata.push_back(0);
  return rdata;
}

Answer Data(const std::string& name, RecordType type, Octets rdata) {
  return {{name, type},
          DnsStatus::kData,
          DnsSecurity::kSecure,
          {std::move(rdata)},
          name,
          std::chrono::seconds(60),
          ""};
}

Answer Nothing(const std::string& name, RecordType type) {
  return {{name, type},
          DnsStatus::kNoData,
          DnsSecurity::kSecure,
          {},
          name,
          std::chrono::seconds(60),
          ""};
}

void Fail(Answer& answer, DnsSecurity security, const std::string& why) {
  answer.status = DnsStatus::kFailed;
  answer.security = security;
  answer.rdata.clear();
  answer.failure = why;
}

// One domain of a tenant with a target of its own, one endpoint for STARTTLS.
class DiagnosisTest : public ::testing::Test {
 protected:
  DiagnosisTest()
      : facts_{D(kDomain),
               Data("_xmpp-server._tcp.im.example", RecordType::kSrv,
                    Srv(5269, kHost)),
               Nothing("_xmpps-server._tcp.im.example", RecordType::kSrv)} {
    settings_.starttls = {{"203.0.113.5", 5269}};
    settings_.edge_hosts = {D("edge.example")};
    tenant_.name = "acme";
    tenant_.domains = {D(kDomain)};
    tenant_.identity = IdentityMode::kOwnTarget;
    tenant_.target = D(kHost);
    AddEndpoint();
  }

  void AddEndpoint() {
    EndpointFacts endpoint{{D(kHost), 5269, false},
                           true,
                           {},
                           Data(kHost, RecordType::kA, {203, 0, 113, 5}),
                           Nothing(kHost, RecordType::kAaaa)};
    endpoint.finding.kind = TargetFinding::Kind::kTlsa;
    endpoint.finding.owner = "_5269._tcp.xmpp.host.example";
    endpoint.finding.names = {D(kHost)};
    endpoint.finding.records = {Tlsa(IdentityMode::kOwnTarget, chain_)};
    for (const SniForm form :
         {SniForm::kSource, SniForm::kTarget, SniForm::kNone}) {
      endpoint.served.push_back({form, {chain_}});
    }
    endpoint.probes.push_back(
        {SniForm::kSource, {203, 0, 113, 5}, "203.0.113.5:5269", "", chain_});
    facts_.endpoints.push_back(std::move(endpoint));
  }

  static TlsaRecord Tlsa(IdentityMode mode, const CertificateChain& chain) {
    return *TlsaRecord::ParseText(TlsaFor(mode, chain));
  }
  EndpointFacts& endpoint() { return facts_.endpoints[0]; }
  void Serve(const CertificateChain& chain) {
    for (auto& served : endpoint().served) served.chains = {chain};
    endpoint().probes[0].chain = chain;
  }
  void Posh(const std::string& body, unsigned status = 200) {
    facts_.posh.push_back(
        {*HttpsUrl::Parse("https://im.example/.well-known/posh/x.json"),
         {.status = status, .body = body}});
  }
  void TrustRoot() { roots_ = *TrustStore::FromPem(root_.ToPem()); }
  void WithoutTlsa() {
    endpoint().finding.kind = TargetFinding::Kind::kWithoutTlsa;
    endpoint().finding.records.clear();
  }
  void Unsign() {
    facts_.starttls.security = DnsSecurity::kInsecure;
    endpoint().secure = false;
  }

  DomainDiagnosis Examine() {
    return Diagnose(facts_,
                    {tenant_, settings_, roots_, kTestNow,
                     RecordsOf(tenant_, settings_, {{chain_}, {edge_chain_}}),
                     TargetsOf(tenant_, settings_)});
  }
  // "error tlsa-missing; …"
  std::string Words() {
    std::string words;
    for (const Finding& finding : Examine().findings) {
      words += (words.empty() ? "" : "; ") +
               std::string(ToString(finding.severity)) + " " +
               std::string(ToString(finding.mistake));
      EXPECT_FALSE(finding.what.empty());
      EXPECT_FALSE(finding.remedy.empty());
    }
    return words;
  }

  const test::TestCertificate root_ = Issue({.subject = "Root", .ca = true});
  const test::TestCertificate leaf_ =
      Issue({.names = {DnsName(kDomain)}}, &root_);
  const test::TestCertificate other_ = Issue({.subject = "other"});
  const CertificateChain chain_ = ChainOf({&leaf_, &root_});
  const CertificateChain edge_chain_ = ChainOf({&other_});
  TrustStore roots_;
  Settings settings_;
  Tenant tenant_;
  DomainFacts facts_;
};

TEST_F(DiagnosisTest, ASetUpByTheBookIsQuiet) {
  EXPECT_EQ(Words(), "");
  const auto views = Examine().views;
  ASSERT_EQ(views.size(), 3u);
  for (const auto& view : views) EXPECT_EQ(view.proof, "dane-ee");
}

TEST_F(DiagnosisTest, L05WhatTheDnsDoesNotSayIsUnknown) {
  Fail(facts_.direct_tls, DnsSecurity::kInsecure, "SERVFAIL");
  EXPECT_EQ(Words(), "unknown dns-failed");
}

TEST_F(DiagnosisTest, D11ABogusAnswerKeepsPeersAway) {
  Fail(facts_.starttls, DnsSecurity::kBogus, "no signature");
  EXPECT_EQ(Words(), "error dns-bogus");
  facts_.starttls.failure = "validation failed: signature expired from 1.2.3.4";
  EXPECT_EQ(Words(), "error signature-expired");
}

TEST_F(DiagnosisTest, AnUnsignedZoneIsAsBadAsWhatIsLeft) {
  Unsign();
  EXPECT_EQ(Words(), "error zone-unsigned");
  Posh(WritePoshFingerprints(std::vector{chain_}, std::chrono::hours(1)));
  EXPECT_EQ(Words(), "warning zone-unsigned");
  EXPECT_EQ(Examine().views[0].proof, "posh");
  facts_.posh.clear();
  TrustRoot();
  EXPECT_EQ(Words(), "warning zone-unsigned");
  EXPECT_EQ(Examine().views[0].proof, "pki");
}

TEST_F(DiagnosisTest, AHostIsSignedToo) {
  endpoint().finding.kind = TargetFinding::Kind::kUnsigned;
  EXPECT_EQ(Words(), "error host-unsigned");
}

TEST_F(DiagnosisTest, SrvRecordsLeadToUs) {
  settings_.direct_tls = {{"203.0.113.5", 5270}};
  EXPECT_EQ(Words(), "warning srv-direct-missing");
  facts_.direct_tls =
      Data("_xmpps-server._tcp.im.example", RecordType::kSrv, Srv(5270, ""));
  EXPECT_EQ(Words(), "warning srv-no-service");
  settings_.direct_tls.clear();
  EXPECT_EQ(Words(), "") << "there is none indeed (D-03)";
  facts_.direct_tls.rdata = {Srv(5270, kHost)};
  EXPECT_EQ(Words(), "error srv-wrong-port") << "nobody listens";
}

TEST_F(DiagnosisTest, WithoutSrvForStartTlsSomePeersDoNotCome) {
  settings_.direct_tls = {{"203.0.113.5", 5270}};
  std::swap(facts_.starttls, facts_.direct_tls);
  facts_.direct_tls.rdata = {Srv(5270, kHost)};
  endpoint().target = {D(kHost), 5270, true};
  EXPECT_EQ(Words(), "error srv-starttls-missing");
  facts_.direct_tls = facts_.starttls;
  facts_.endpoints.clear();
  EXPECT_EQ(Words(), "error srv-missing");
}

TEST_F(DiagnosisTest, SrvTargetsAreNamesOfTheTenants) {
  const auto point = [&](const std::string& target) {
    facts_.starttls.rdata = {Srv(5269, target)};
  };
  point("203.0.113.5");
  facts_.endpoints.clear();
  EXPECT_EQ(Words(), "error srv-no-name");
  point("elsewhere.example");
  EXPECT_EQ(Words(), "error srv-wrong-host");
  AddEndpoint();
  facts_.starttls.rdata.push_back(Srv(5269, kHost));
  EXPECT_EQ(Words(), "warning srv-wrong-host") << "another one is right";
  facts_.endpoints.clear();
  facts_.starttls.rdata = {Srv(5222, kHost)};
  EXPECT_EQ(Words(), "error srv-wrong-port");
  facts_.too_many = true;
  EXPECT_EQ(Words(), "error srv-wrong-port; warning srv-many");
  facts_.too_many = false;
  facts_.starttls.rdata = {{0, 0}};
  EXPECT_EQ(Words(), "error srv-no-name");
}

TEST_F(DiagnosisTest, TargetsHaveAddressesOfOurs) {
  endpoint().a.canonical_name = "real.host.example";
  EXPECT_EQ(Words(), "warning target-alias");
  endpoint().a = Nothing(kHost, RecordType::kA);
  endpoint().finding.kind = TargetFinding::Kind::kUnreachable;
  endpoint().probes.clear();
  EXPECT_EQ(Words(), "error target-no-address");
}

TEST_F(DiagnosisTest, AnAddressElsewhereIsToldUnlessTheRightServerAnswers) {
  settings_.starttls = {{"10.0.0.5", 5269}};
  EXPECT_EQ(Words(), "") << "addresses are translated";
  const Octets elsewhere{10, 0, 0, 9};
  endpoint().a.rdata = {elsewhere};
  endpoint().probes[0].octets = elsewhere;
  EXPECT_EQ(Words(), "") << "somebody there serves the same";
  endpoint().probes.clear();
  EXPECT_EQ(Words(), "error target-elsewhere");
  settings_.starttls = {{"0.0.0.0", 5269}};
  EXPECT_EQ(Words(), "");
}

TEST_F(DiagnosisTest, TlsaRecordsStandWherePeersLook) {
  WithoutTlsa();
  EXPECT_EQ(Words(), "error tlsa-missing");
  EXPECT_EQ(Examine().findings[0].records[0],
            "_5269._tcp.xmpp.host.example. 3600 IN TLSA " +
                TlsaFor(IdentityMode::kOwnTarget, chain_));
  TrustRoot();
  EXPECT_EQ(Words(), "warning tlsa-missing") << "PKI is left";
  endpoint().tlsa_elsewhere = {"_5270._tcp.xmpp.host.example"};
  EXPECT_EQ(Words(), "warning tlsa-wrong-port");
}

TEST_F(DiagnosisTest, D52AMismatchIsAnErrorWhateverElseProves) {
  TrustRoot();
  endpoint().finding.records = {Tlsa(IdentityMode::kOwnTarget, edge_chain_)};
  EXPECT_EQ(Words(), "error tlsa-mismatch");
}

TEST_F(DiagnosisTest, D50UnusableRecordsLeavePki) {
  endpoint().finding.records = {*TlsaRecord::ParseText("3 1 9 00")};
  EXPECT_EQ(Words(), "error tlsa-unusable");
  Posh(WritePoshFingerprints(std::vector{chain_}, std::chrono::hours(1)));
  EXPECT_EQ(Words(), "error tlsa-unusable");
  TrustRoot();
  EXPECT_EQ(Words(), "warning tlsa-unusable");
}

TEST_F(DiagnosisTest, K1EachFormOfSniMustFit) {
  endpoint().served[0].chains = {edge_chain_};
  endpoint().probes.clear();
  EXPECT_EQ(Words(), "error sni-mismatch");
  endpoint().served[0].chains = {chain_, edge_chain_};
  EXPECT_EQ(Words(), "error sni-mismatch") << "each kind of key must fit";
}

TEST_F(DiagnosisTest, D45ACaIsNamedAndInTheChain) {
  tenant_.identity = IdentityMode::kCa;
  tenant_.target.reset();
  settings_.edge_hosts = {D(kHost)};
  endpoint().served[1].chains = {edge_chain_};
  const auto edge = Tlsa(IdentityMode::kEdgeKey, edge_chain_);
  endpoint().finding.records = {edge};
  EXPECT_EQ(Words(), "error tlsa-ca-missing");
  endpoint().finding.records.push_back(Tlsa(IdentityMode::kCa, chain_));
  EXPECT_EQ(Words(), "");
  const auto unknown = Issue({.subject = "unknown", .ca = true});
  endpoint().finding.records = {
      edge, Tlsa(IdentityMode::kCa, ChainOf({&leaf_, &unknown}))};
  EXPECT_EQ(Words(), "error ca-not-in-chain");
}

TEST_F(DiagnosisTest, AMatchWithABadPathIsTold) {
  facts_.domain = D("other.example");
  endpoint().finding.records = {Tlsa(IdentityMode::kCa, chain_)};
  EXPECT_EQ(Words(), "error chain-refused");
}

TEST_F(DiagnosisTest, D61TheShortestCertificateOfAPathCounts) {
  const auto ending =
      Issue({.names = {DnsName(kDomain)},
             .not_after = UnixTime{kTestNow.seconds + 5 * kDay}},
            &root_);
  const auto chain = ChainOf({&ending, &root_});
  Serve(chain);
  endpoint().finding.records = {Tlsa(IdentityMode::kOwnTarget, chain)};
  EXPECT_EQ(Words(), "warning certificate-ends");
  const auto short_ca =
      Issue({.subject = "Short",
             .ca = true,
             .not_after = UnixTime{kTestNow.seconds + 3 * kDay}});
  const auto below = Issue({.names = {DnsName(kDomain)}}, &short_ca);
  const auto path = ChainOf({&below, &short_ca});
  Serve(path);
  TlsaRecord record = Tlsa(IdentityMode::kCa, path);
  endpoint().finding.records = {
      TlsaRecord{2, 0, 0, Octets(short_ca.der.begin(), short_ca.der.end())}};
  EXPECT_EQ(Words(), "warning certificate-ends");
  EXPECT_NE(Examine().findings[0].what.find("a CA"), std::string::npos);
}

TEST_F(DiagnosisTest, D42SomePeersWantTheNameThatDaneDoesNotAskFor) {
  const auto leaf = Issue({.names = {DnsName(kHost)}}, &root_);
  const auto nameless = ChainOf({&leaf, &root_});
  Serve(nameless);
  endpoint().finding.records = {Tlsa(IdentityMode::kOwnTarget, nameless)};
  EXPECT_EQ(Words(), "warning certificate-name");
  endpoint().finding.records = {Tlsa(IdentityMode::kOwnTarget, chain_)};
  EXPECT_EQ(Words(), "error tlsa-mismatch") << "one thing after the other";
}

TEST_F(DiagnosisTest, APoshDocumentThatIsThereMustBeRight) {
  const auto hour = std::chrono::hours(1);
  Posh("", 404);
  EXPECT_EQ(Words(), "") << "none is no mistake";
  Posh("<html>");
  EXPECT_EQ(Words(), "error posh-unusable");
  facts_.posh.clear();
  Posh(WritePoshFingerprints(std::vector{chain_}, std::chrono::seconds(0)));
  EXPECT_EQ(Words(), "error posh-expired");
  facts_.posh.clear();
  Posh(WritePoshFingerprints(std::vector{edge_chain_}, hour));
  EXPECT_EQ(Words(), "error posh-mismatch");
  facts_.posh.clear();
  Posh(WritePoshReference(*HttpsUrl::Parse("https://a.example/x"), hour));
  facts_.posh_end = "there is no such document";
  EXPECT_EQ(Words(), "error posh-wrong-reference");
  Posh(WritePoshFingerprints(std::vector{edge_chain_}, hour));
  EXPECT_EQ(Words(), "error posh-wrong-reference") << "somebody else's";
  facts_.posh.pop_back();
  Posh(WritePoshFingerprints(std::vector{chain_}, hour));
  EXPECT_EQ(Words(), "");
}

TEST_F(DiagnosisTest, TheEdgeIsThereAndServesWhatIsConfigured) {
  endpoint().probes[0].chain = edge_chain_;
  EXPECT_EQ(Words(), "error served-other");
  endpoint().probes[0].chain = {};
  endpoint().probes[0].error = "connection refused";
  EXPECT_EQ(Words(), "error unreachable");
  endpoint().probes.push_back(
      {SniForm::kTarget, {1, 2, 3, 4}, "1.2.3.4:5269", "", chain_});
  EXPECT_EQ(Words(), "warning unreachable") << "another address works";
}

TEST_F(DiagnosisTest, EveryMistakeHasAWordOfItsOwn) {
  std::set<std::string_view> words;
  int count = 0;
  for (int i = 0; i <= static_cast<int>(Mistake::kNotProved); ++i, ++count) {
    words.insert(ToString(static_cast<Mistake>(i)));
  }
  EXPECT_EQ(words.size(), static_cast<std::size_t>(count));
}

}  // namespace
}  // namespace danegate
