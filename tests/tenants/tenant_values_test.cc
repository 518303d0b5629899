// What a tenant's file says of wildcards, backends, peers and limits.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tenants/config/domain_pattern.h"
#include "tests/tenants/workspace.h"

namespace danegate::testing {
namespace {

std::shared_ptr<const Tenant> ReadTenant(const Workspace& workspace) {
  const auto result = workspace.ReadConfiguration();
  for (const auto& error : result.errors) ADD_FAILURE() << error.ToString();
  return result.tenant_count == 1 && result.configuration
             ? result.configuration->tenants->tenants()[0]
             : std::make_shared<const Tenant>();
}

// The acme of a workspace, with `from` replaced by `to`.
std::shared_ptr<const Tenant> ReadWith(const std::string& from,
                                       const std::string& to) {
  const Workspace workspace;
  workspace.Replace("tenants.d/acme.yaml", from, to);
  return ReadTenant(workspace);
}

TEST(TenantValues, AWildcardIsWhatItsCertificateNames) {
  const auto tenant =
      ReadWith("chat.acme.example", "chat.acme.example, \"*.Acme.example\"");
  EXPECT_EQ(tenant->domains.size(), 2U);
  ASSERT_EQ(tenant->wildcards.size(), 1U);
  EXPECT_EQ(tenant->wildcards[0].ascii(), "acme.example");
}

TEST(TenantValues, ADomainBelowAnothersWildcardMayBeListed) {
  const Workspace workspace;
  workspace.Replace("tenants.d/acme.yaml", "chat.acme.example",
                    "\"*.acme.example\"");
  workspace.Write("tenants.d/wonder.yaml", R"(tenant: wonder
domains: [chat.acme.example]
backends: [{address: 127.0.0.1:5271}]
)");
  const auto result = workspace.ReadConfiguration();
  EXPECT_EQ(result.tenant_count, 2U);
  EXPECT_TRUE(result.errors.empty());
}

TEST(TenantValues, AWildcardOfTwoTenantsIsTold) {
  const Workspace workspace;
  workspace.Replace("tenants.d/acme.yaml", "chat.acme.example",
                    "\"*.acme.example\"");
  workspace.Write("tenants.d/wonder.yaml", R"(tenant: wonder
domains: [wonder.example, "*.acme.example"]
backends: [{address: 127.0.0.1:5271}]
)");
  const auto result = workspace.ReadConfiguration();
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_EQ(workspace.Place(result.errors[0]), "tenants.d/wonder.yaml:2:27");
  EXPECT_NE(result.errors[0].message.find("belongs to the tenant acme"),
            std::string::npos);
}

TEST(TenantValues, ABackendHasPriorityWeightAndCheck) {
  const auto tenant = ReadWith(
      "tls: direct", "priority: 7\n    weight: 3\n    health_check: xmpp");
  ASSERT_EQ(tenant->backends.size(), 1U);
  EXPECT_EQ(tenant->backends[0].priority, 7);
  EXPECT_EQ(tenant->backends[0].weight, 3);
  EXPECT_EQ(tenant->backends[0].health_check, HealthCheck::kXmpp);
}

TEST(TenantValues, ListsOfPeersArePatterns) {
  const auto tenant =
      ReadWith("require: dane",
               "allow: [b\xC3\xBC"
               "cher.example, \"*.friend.example\"], deny: \"*.spam.example\"");
  ASSERT_NE(tenant->policy, nullptr);
  ASSERT_EQ(tenant->policy->allow.size(), 2U);
  EXPECT_EQ(ToText(tenant->policy->allow[0]), "xn--bcher-kva.example");
  EXPECT_EQ(ToText(tenant->policy->allow[1]), "*.friend.example");
  ASSERT_EQ(tenant->policy->deny.size(), 1U);
  EXPECT_EQ(ToText(tenant->policy->deny[0]), "*.spam.example");
}

TEST(TenantValues, LimitsMayBeWrittenWithUnits) {
  const auto tenant = ReadWith("streams: 10",
                               "stanza_bytes: 1MiB, bytes_per_second: 64KiB, "
                               "handshakes_per_second: 20");
  EXPECT_EQ(tenant->limits.stanza_bytes, 1048576U);
  EXPECT_EQ(tenant->limits.bytes_per_second, 65536U);
  EXPECT_EQ(tenant->limits.handshakes_per_second, 20U);
}

TEST(TenantValues, ContactAndNotesAreTexts) {
  const auto tenant = ReadWith("limits: {streams: 10}",
                               "contact: mailto:hostmaster@acme.example\n"
                               "notes: moves in spring");
  EXPECT_EQ(tenant->contact, "mailto:hostmaster@acme.example");
  EXPECT_EQ(tenant->notes, "moves in spring");
  const Workspace workspace;
  workspace.Replace("tenants.d/acme.yaml", "limits: {streams: 10}",
                    "notes: " + std::string(1025, 'a'));
  const auto result = workspace.ReadConfiguration();
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_EQ(workspace.Place(result.errors[0]), "tenants.d/acme.yaml:9:8");
}

}  // namespace
}  // namespace danegate::testing
