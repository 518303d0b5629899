#include "tenants/records.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tenants/roll_over.h"
#include "tests/tenants/certificates.h"
#include "verifier/posh_document.h"

namespace danegate {
namespace {

constexpr UnixTime kStart{1800000000};
constexpr std::chrono::seconds kTtl{600};

Domain D(const std::string& text) { return *Domain::Parse(text); }

CertificateChain NewChain(bool with_ca = false) {
  if (!with_ca) {
    return *CertificateChain::ParsePem(
        testing::Issue({.names = {"any.example"}}).Pem());
  }
  const auto ca = testing::Issue({.names = {"ca.example"}, .ca = true});
  const auto leaf = testing::Issue({.names = {"any.example"}, .issuer = &ca});
  return *CertificateChain::ParsePem(leaf.Pem() + ca.Pem());
}

class RecordsTest : public ::testing::Test {
 protected:
  RecordsTest() {
    settings_.starttls = {{"0.0.0.0", 5269}};
    settings_.direct_tls = {{"0.0.0.0", 5270}};
    settings_.edge_hosts = {D("edge.host.example")};
    tenant_.name = "acme";
    tenant_.domains = {D("acme.example"), D("chat.acme.example")};
  }

  // "OWNER TYPE DATA" of each, sorted; digests by the names of their chains.
  std::vector<std::string> Lines(const std::vector<PublishedRecord>& records) {
    std::vector<std::string> lines;
    for (const auto& record : records) {
      lines.push_back(record.owner + " " + record.type + " " + record.data);
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }
  TenantRecords Records() { return RecordsOf(tenant_, settings_, chains_); }

  Settings settings_;
  Tenant tenant_;
  PublishedChains chains_{{NewChain()}, {NewChain()}};
};

TEST_F(RecordsTest, AnEdgeKeyTenantPointsToTheEdgeHostAndItsOneKey) {
  chains_.tenant = chains_.edge;
  const auto records = Records();
  const std::string tlsa = TlsaFor(IdentityMode::kEdgeKey, chains_.edge[0]);
  EXPECT_EQ(tlsa.substr(0, 6), "3 1 1 ");
  EXPECT_EQ(Lines(records.records),
            (std::vector<std::string>{
                "_5269._tcp.edge.host.example TLSA " + tlsa,
                "_5270._tcp.edge.host.example TLSA " + tlsa,
                "_xmpp-server._tcp.acme.example SRV 0 0 5269 "
                "edge.host.example.",
                "_xmpp-server._tcp.chat.acme.example SRV 0 0 5269 "
                "edge.host.example.",
                "_xmpps-server._tcp.acme.example SRV 0 0 5270 "
                "edge.host.example.",
                "_xmpps-server._tcp.chat.acme.example SRV 0 0 5270 "
                "edge.host.example."}));
  EXPECT_EQ(records.records.front().whose, ZoneOwner::kCustomer);
  EXPECT_EQ(records.records.front().ToLine(kTtl),
            "_xmpp-server._tcp.acme.example. 600 IN SRV 0 0 5269 "
            "edge.host.example.");
  EXPECT_EQ(records.records[2].zone, D("acme.example")) << "chat's zone, too";
  EXPECT_EQ(records.records.back().whose, ZoneOwner::kProvider);
}

TEST_F(RecordsTest, AnOwnTargetHasItsOwnKeyWhereverItsNameIs) {
  tenant_.identity = IdentityMode::kOwnTarget;
  tenant_.target = D("t1.host.example");
  settings_.direct_tls.clear();
  auto records = Records().records;
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[2].owner, "_5269._tcp.t1.host.example");
  EXPECT_EQ(records[2].data,
            TlsaFor(IdentityMode::kOwnTarget, chains_.tenant[0]));
  EXPECT_EQ(records[2].whose, ZoneOwner::kProvider);
  tenant_.target = D("xmpp.acme.example");
  records = Records().records;
  EXPECT_EQ(records[2].whose, ZoneOwner::kCustomer);
  EXPECT_EQ(records[2].zone, D("acme.example"));
}

TEST_F(RecordsTest, K1ACaTenantNeedsItsCaAndTheEdgesKeyAtTheEdgeHost) {
  tenant_.identity = IdentityMode::kCa;
  settings_.direct_tls.clear();
  chains_.tenant = {NewChain(true)};
  const auto records = Records().records;
  ASSERT_EQ(records.size(), 4u);
  EXPECT_EQ(records[2].data, TlsaFor(IdentityMode::kCa, chains_.tenant[0]));
  EXPECT_EQ(records[2].data.substr(0, 6), "2 1 1 ");
  EXPECT_EQ(records[3].data, TlsaFor(IdentityMode::kEdgeKey, chains_.edge[0]));
  EXPECT_EQ(TlsaFor(IdentityMode::kCa, chains_.edge[0]), "") << "no CA in it";
}

TEST_F(RecordsTest, EachKeyOfATenantIsPublished) {
  tenant_.identity = IdentityMode::kOwnTarget;
  tenant_.target = D("t1.host.example");
  chains_.tenant = {NewChain(), NewChain()};
  settings_.direct_tls.clear();
  EXPECT_EQ(Records().records.size(), 4u);
  const auto document = PoshDocument::Parse(Records().documents[0].text);
  ASSERT_TRUE(document.ok()) << document.error();
  EXPECT_EQ(document->fingerprints().size(), 2u);
}

TEST_F(RecordsTest, ThePublicPortsMayBeOthers) {
  settings_.publish.starttls_port = 15269;
  settings_.direct_tls.clear();
  settings_.publish.direct_tls_port = 15270;  // but nobody listens
  for (const auto& record : Records().records) {
    EXPECT_NE((record.owner + record.data).find("15269"), std::string::npos)
        << record.owner;
  }
}

TEST_F(RecordsTest, ADomainHasAPoshDocumentAndAWildcardANote) {
  tenant_.wildcards = {D("acme.example")};
  const auto records = Records();
  ASSERT_EQ(records.documents.size(), 2u);
  EXPECT_EQ(records.documents[1].url,
            "https://chat.acme.example/.well-known/posh/xmpp-server.json");
  const auto document = PoshDocument::Parse(records.documents[0].text);
  ASSERT_TRUE(document.ok()) << document.error();
  EXPECT_EQ(document->Match(chains_.tenant[0], kStart).reason,
            Reason::kMatched);
  ASSERT_EQ(records.notes.size(), 1u);
  EXPECT_NE(records.notes[0].find("_xmpp-server._tcp.*.acme.example"),
            std::string::npos);
}

TEST_F(RecordsTest, WhereTheEdgeServesTheDocumentAReferenceIsEnough) {
  settings_.posh_serve = {{"0.0.0.0", 8443}};
  auto document = PoshDocument::Parse(Records().documents[1].text);
  ASSERT_TRUE(document.ok()) << document.error();
  EXPECT_EQ(document->reference()->ToText(),
            "https://edge.host.example:8443/posh/chat.acme.example.json");
  settings_.publish.posh_host = D("posh.host.example");
  settings_.publish.posh_port = 443;
  document = PoshDocument::Parse(Records().documents[1].text);
  EXPECT_EQ(document->reference()->ToText(),
            "https://posh.host.example/posh/chat.acme.example.json");
}

class RollOverTest : public RecordsTest {
 protected:
  std::vector<RollOver> Plan(std::optional<CertificateChain> next) {
    return PlanRollOver(tenant_, Records(), chains_.tenant,
                        {std::move(next), kStart, kTtl});
  }
};

TEST_F(RollOverTest, D57TheNewRecordStandsTwoTtlsBeforeTheKeyIsServed) {
  tenant_.identity = IdentityMode::kOwnTarget;
  tenant_.target = D("t1.host.example");
  const auto next = NewChain();
  const auto plan = Plan(next);
  ASSERT_EQ(plan.size(), 2u);
  EXPECT_EQ(plan[0].proof, "DANE");
  const auto& steps = plan[0].steps;
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_EQ(steps[0].at, kStart);
  ASSERT_EQ(steps[0].publish.size(), 2u);
  EXPECT_EQ(steps[0].publish[0].data, TlsaFor(tenant_.identity, next));
  EXPECT_EQ(steps[1].at, kStart + 2 * kTtl);
  EXPECT_EQ(steps[2].at, kStart + 3 * kTtl);
  ASSERT_EQ(steps[2].withdraw.size(), 2u);
  EXPECT_EQ(steps[2].withdraw[0].data,
            TlsaFor(tenant_.identity, chains_.tenant[0]));
}

TEST_F(RollOverTest, WithoutTheNewChainALineShowsWhereItsDigestGoes) {
  const auto steps = Plan(std::nullopt)[0].steps;
  EXPECT_EQ(steps[0].publish[0].data, "3 1 1 SHA256-OF-THE-NEW-KEY");
}

TEST_F(RollOverTest, TheSameKeyOrCaNeedsNoNewRecord) {
  chains_.tenant = chains_.edge;
  EXPECT_EQ(Plan(chains_.edge[0])[0].steps.size(), 1u);
  tenant_.identity = IdentityMode::kCa;
  chains_.tenant = {NewChain(true)};
  EXPECT_EQ(Plan(chains_.tenant[0])[0].steps.size(), 1u);
  const auto steps = Plan(NewChain(true))[0].steps;
  ASSERT_EQ(steps.size(), 3u);
  for (const auto& record : steps[2].withdraw) {
    EXPECT_EQ(record.data.substr(0, 2), "2 ") << "the edge's key stays";
  }
}

TEST_F(RollOverTest, ANewKeyTakesThePlaceOfThatOfItsKind) {
  const auto rsa_key = testing::NewRsaKey(2048);
  const auto rsa = *CertificateChain::ParsePem(
      testing::Issue({.names = {"any.example"}, .key = rsa_key.get()}).Pem());
  tenant_.identity = IdentityMode::kOwnTarget;
  tenant_.target = D("t1.host.example");
  settings_.direct_tls.clear();
  const auto old = chains_.tenant[0];
  const auto next = NewChain();
  EXPECT_EQ(Plan(rsa)[0].steps.size(), 2u) << "it is new beside the other";
  chains_.tenant = {old, rsa};
  const auto plan = Plan(next);
  ASSERT_EQ(plan[0].steps.size(), 3u);
  ASSERT_EQ(plan[0].steps[2].withdraw.size(), 1u);
  EXPECT_EQ(plan[0].steps[2].withdraw[0].data, TlsaFor(tenant_.identity, old));
  const auto after = PoshDocument::Parse(plan[1].steps[2].document);
  EXPECT_EQ(after->Match(rsa, kStart).reason, Reason::kMatched);
  EXPECT_EQ(after->Match(old, kStart).reason, Reason::kPoshNoMatch);
}

TEST_F(RollOverTest, E21BothFingerprintsStandWhileTheOldDocumentMayBeKnown) {
  const auto next = NewChain();
  const auto plan = Plan(next);
  EXPECT_EQ(plan[1].proof, "POSH");
  const auto& steps = plan[1].steps;
  ASSERT_EQ(steps.size(), 3u);
  const auto both = PoshDocument::Parse(steps[0].document);
  ASSERT_TRUE(both.ok());
  EXPECT_EQ(both->fingerprints().size(), 2u);
  EXPECT_EQ(both->Match(next, kStart).reason, Reason::kMatched);
  EXPECT_EQ(steps[1].at, kStart + std::chrono::hours(24));
  const auto after = PoshDocument::Parse(steps[2].document);
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(after->Match(chains_.tenant[0], kStart).reason,
            Reason::kPoshNoMatch);
}

TEST_F(RollOverTest, TheCertificateThatIsServedNeedsNoNewDocument) {
  const auto steps = Plan(chains_.tenant[0])[1].steps;
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps[0].document, "");
  EXPECT_NE(steps[0].what.find("nothing is to be done"), std::string::npos);
}

}  // namespace
}  // namespace danegate
