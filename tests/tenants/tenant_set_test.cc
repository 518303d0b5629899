#include "tenants/tenant_set.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/tenants/certificates.h"

namespace danegate {
namespace {

Domain D(const std::string& text) { return *Domain::Parse(text); }

std::shared_ptr<const Credential> NewCredential() {
  const auto issued = testing::Issue({.names = {"any.example"}});
  return *Credential::FromPem(issued.Pem(), issued.KeyPem());
}

// Tenants a (an edge-key tenant) and b (with a target of its own), one edge.
class TenantSetTest : public ::testing::Test {
 protected:
  TenantSetTest() : set_({a_, b_}, {D("edge.example")}, edge_) {}

  // Whose certificate is served: "a", "b", "edge", or "none".
  std::string Served(const std::string& sni, const std::string& to,
                     bool direct) const {
    std::optional<Domain> domain;
    if (!to.empty()) domain = D(to);
    const auto served = set_.Select(sni, domain ? &*domain : nullptr, direct);
    if (served.credential == nullptr) return "none";
    if (served.credential == edge_) return served.tenant + "edge";
    EXPECT_EQ(served.credential,
              served.tenant == "a" ? a_->credential : b_->credential);
    return served.tenant;
  }

  static std::shared_ptr<const Tenant> Make(const std::string& name) {
    auto tenant = std::make_shared<Tenant>();
    tenant->name = name;
    tenant->domains = {D(name + ".example"), D("chat." + name + ".example")};
    tenant->credential = NewCredential();
    if (name == "b") tenant->target = D("b.edge.example");
    return tenant;
  }

  const std::shared_ptr<const Credential> edge_ = NewCredential();
  const std::shared_ptr<const Tenant> a_ = Make("a");
  const std::shared_ptr<const Tenant> b_ = Make("b");
  const TenantSet set_;
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
  tenant->credential = edge_;
  const TenantSet set({tenant}, {D("edge.example")}, edge_);
  const auto served = set.Select("c.example", nullptr, true);
  EXPECT_EQ(served.credential, edge_);
  EXPECT_EQ(served.tenant, "c");
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
