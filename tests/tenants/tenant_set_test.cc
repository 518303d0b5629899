#include "tenants/tenant_set.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/tenants/certificates.h"

namespace danegate {
namespace {

Domain D(const std::string& text) { return *Domain::Parse(text); }

std::shared_ptr<const CredentialSource> NewSource() {
  const auto issued = testing::Issue({.names = {"any.example"}});
  return std::make_shared<const CredentialSource>(
      std::make_shared<const CredentialSet>(
          1, *Credential::FromPem(issued.Pem(), issued.KeyPem())));
}

// Tenants a (an edge-key tenant) and b (with a target of its own), one edge.
class TenantSetTest : public ::testing::Test {
 protected:
  TenantSetTest() : set_({D("edge.example")}, edge_) {
    set_.Put(a_);
    set_.Put(b_);
  }

  // Whose certificate is served: "a", "b", "edge", or "none".
  std::string Served(const std::string& sni, const std::string& to,
                     bool direct) const {
    std::optional<Domain> domain;
    if (!to.empty()) domain = D(to);
    const auto served = set_.Select(sni, domain ? &*domain : nullptr, direct);
    if (served.credentials == nullptr) return "none";
    const std::string tenant = served.tenant ? served.tenant->name : "";
    if (served.credentials == edge_) return tenant + "edge";
    EXPECT_EQ(served.credentials,
              tenant == "a" ? a_->credentials : b_->credentials);
    return tenant;
  }

  static std::shared_ptr<const Tenant> Make(const std::string& name) {
    auto tenant = std::make_shared<Tenant>();
    tenant->name = name;
    tenant->domains = {D(name + ".example"), D("chat." + name + ".example")};
    tenant->credentials = NewSource();
    if (name == "b") tenant->target = D("b.edge.example");
    return tenant;
  }

  const std::shared_ptr<const CredentialSource> edge_ = NewSource();
  const std::shared_ptr<const Tenant> a_ = Make("a");
  const std::shared_ptr<const Tenant> b_ = Make("b");
  TenantSet set_;
};

struct Cell {
  const char* sni;
  const char* to;  // STARTTLS only
  const char* starttls;
  const char* direct;
};

TEST_F(TenantSetTest, K2AndK3SniWinsThenToThenTheDefault) {
  const Cell cells[] = {
      // SNI             to            STARTTLS  direct TLS
      {"edge.example", "a.example", "edge", "edge"},
      {"edge.example", "b.example", "edge", "edge"},
      {"edge.example", "x.example", "edge", "edge"},
      {"edge.example", "", "edge", "edge"},
      {"a.example", "a.example", "a", "a"},
      {"a.example", "b.example", "a", "a"},
      {"a.example", "x.example", "a", "a"},
      {"a.example", "", "a", "a"},
      {"b.example", "a.example", "b", "b"},
      {"b.example", "b.example", "b", "b"},
      {"b.example", "x.example", "b", "b"},
      {"b.example", "", "b", "b"},
      {"b.edge.example", "a.example", "b", "b"},
      {"b.edge.example", "", "b", "b"},
      {"x.example", "a.example", "a", "none"},
      {"x.example", "b.example", "b", "none"},
      {"x.example", "x.example", "edge", "none"},
      {"x.example", "", "edge", "none"},
      {"", "a.example", "a", "edge"},
      {"", "b.example", "b", "edge"},
      {"", "x.example", "edge", "edge"},
      {"", "", "edge", "edge"},
  };
  for (const auto& cell : cells) {
    SCOPED_TRACE(std::string("SNI ") + cell.sni + ", to " + cell.to);
    EXPECT_EQ(Served(cell.sni, cell.to, false), cell.starttls);
    EXPECT_EQ(Served(cell.sni, "", true), cell.direct);
  }
}

TEST_F(TenantSetTest, SniIsFoundInAnyForm) {
  EXPECT_EQ(Served("CHAT.A.Example", "", true), "a");
  EXPECT_EQ(Served("a.example.", "", true), "a");
  EXPECT_EQ(Served("EDGE.example", "", true), "edge");
}

TEST_F(TenantSetTest, SniThatIsNoDomainNamesNobody) {
  EXPECT_EQ(Served("192.0.2.1", "", true), "none");
  EXPECT_EQ(Served("..", "", true), "none");
  EXPECT_EQ(Served("..", "a.example", false), "a");
  EXPECT_EQ(Served(std::string("a.example\0x", 11), "", true), "none");
}

TEST_F(TenantSetTest, NamesAreWholeNames) {
  EXPECT_EQ(Served("sub.a.example", "", true), "none");
  EXPECT_EQ(Served("example", "", true), "none");
}

TEST_F(TenantSetTest, A20OnlyDomainsOfTenantsAreHosted) {
  EXPECT_TRUE(set_.IsHosted(D("a.example")));
  EXPECT_TRUE(set_.IsHosted(D("chat.b.example")));
  EXPECT_FALSE(set_.IsHosted(D("edge.example")));
  EXPECT_FALSE(set_.IsHosted(D("b.edge.example")));
  EXPECT_FALSE(set_.IsHosted(D("x.example")));
  EXPECT_EQ(set_.Find(D("chat.a.example")), a_);
}

TEST_F(TenantSetTest, AnEdgeKeyTenantMayHaveTheEdgesCertificate) {
  auto tenant = std::make_shared<Tenant>();
  tenant->name = "c";
  tenant->domains = {D("c.example")};
  TenantSet set({D("edge.example")}, edge_);
  set.Put(tenant);
  const auto served = set.Select("c.example", nullptr, true);
  EXPECT_EQ(served.credentials, edge_);
  EXPECT_EQ(served.tenant, tenant);
}

TEST_F(TenantSetTest, AWildcardIsOneLabelThatNobodyElseHas) {
  auto tenant = std::make_shared<Tenant>();
  tenant->name = "c";
  tenant->domains = {D("c.example")};
  tenant->wildcards = {D("c.example"), D("a.example")};
  set_.Put(tenant);
  EXPECT_EQ(set_.Find(D("muc.c.example")), tenant);
  EXPECT_EQ(set_.Find(D("deep.muc.c.example")), nullptr);
  EXPECT_EQ(set_.Find(D("chat.a.example")), a_);
  EXPECT_EQ(set_.Find(D("other.a.example")), tenant);
  EXPECT_TRUE(set_.IsHosted(D("muc.c.example")));
  EXPECT_EQ(set_.Select("muc.c.example", nullptr, true).tenant, tenant);
  EXPECT_EQ(set_.domain_count(), 5U);
}

// D12: who holds a snapshot keeps it, whatever changes.
TEST_F(TenantSetTest, ACopyIsASnapshot) {
  const TenantSet before = set_;
  auto changed = std::make_shared<Tenant>(*a_);
  changed->domains = {D("a.example"), D("new.example")};
  set_.Put(changed);
  EXPECT_TRUE(set_.Remove("b"));
  EXPECT_FALSE(set_.Remove("b"));
  EXPECT_EQ(before.Find(D("a.example")), a_);
  EXPECT_EQ(before.Find(D("chat.a.example")), a_);
  EXPECT_EQ(before.Find(D("new.example")), nullptr);
  EXPECT_EQ(before.Find(D("b.example")), b_);
  EXPECT_EQ(before.size(), 2U);
  EXPECT_EQ(set_.Find(D("chat.a.example")), nullptr);
  EXPECT_EQ(set_.Find(D("new.example")), changed);
  EXPECT_EQ(set_.Select("b.edge.example", nullptr, true).credentials, nullptr);
  EXPECT_EQ(set_.size(), 1U);
  EXPECT_EQ(set_.domain_count(), 2U);
}

TEST(BackendTest, IsWrittenAsAddressAndPort) {
  EXPECT_EQ((Backend{.host = "10.0.3.7", .trust = {}}.ToString()),
            "10.0.3.7:5269");
  EXPECT_EQ(
      (Backend{.host = "2001:db8::7", .port = 5270, .trust = {}}.ToString()),
      "[2001:db8::7]:5270");
}

}  // namespace
}  // namespace danegate
