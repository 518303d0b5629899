#include "tenants/tenant_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "tenants/config/certificate_facts.h"
#include "tests/tenants/workspace.h"

namespace danegate::testing {
namespace {

std::string AllErrors(const ConfigurationResult& result) {
  std::string text;
  for (const auto& error : result.errors) text += error.ToString() + "\n";
  return text;
}

TEST(ReadConfiguration, AGoodConfigurationHasNoErrors) {
  const Workspace workspace;
  const auto result = workspace.ReadConfiguration();
  ASSERT_NE(result.configuration, nullptr) << AllErrors(result);
  EXPECT_TRUE(result.errors.empty()) << AllErrors(result);
  EXPECT_EQ(result.files, 2U);
  EXPECT_EQ(result.tenant_count, 1U);
}

TEST(ReadConfiguration, WhatTheFilesSayIsWhatComesBack) {
  const Workspace workspace;
  workspace.Replace("danegate.yaml", "listen:\n", R"(shards: 3
drain_time: 7
log: {file: log.json, level: warning}
limits: {connections: 99}
listen:
  direct_tls: ["[::1]:5270"]
)");
  workspace.Replace("danegate.yaml", "  trust_anchor: root.key\n",
                    R"(  trust_anchor: [root.key]
  forward: [127.0.0.1@5353]
  threads: 2
  options: {do-not-query-localhost: "no", val-bogus-ttl: 0}
)");
  const auto result = workspace.ReadConfiguration();
  ASSERT_NE(result.configuration, nullptr) << AllErrors(result);
  const Settings& settings = result.configuration->settings;
  ASSERT_EQ(settings.starttls.size(), 1U);
  EXPECT_EQ(settings.starttls[0].host, "127.0.0.1");
  EXPECT_EQ(settings.starttls[0].port, 5269);
  ASSERT_EQ(settings.direct_tls.size(), 1U);
  EXPECT_EQ(settings.direct_tls[0].host, "::1");
  EXPECT_EQ(settings.shards, 3U);
  ASSERT_EQ(settings.edge_hosts.size(), 1U);
  EXPECT_EQ(settings.edge_hosts[0].ascii(), "edge.example");
  EXPECT_NE(settings.edge_credential, nullptr);
  EXPECT_NE(settings.edge_ca, nullptr);
  EXPECT_EQ(settings.tenants_folder, workspace.Path("tenants.d"));
  EXPECT_EQ(settings.trust_anchor_files,
            std::vector<std::string>{workspace.Path("root.key")});
  EXPECT_EQ(settings.resolver_forward,
            std::vector<std::string>{"127.0.0.1@5353"});
  const std::vector<std::pair<std::string, std::string>> options = {
      {"do-not-query-localhost:", "no"}, {"val-bogus-ttl:", "0"}};
  EXPECT_EQ(settings.resolver_options, options);
  EXPECT_EQ(settings.verifier_threads, 2U);
  EXPECT_EQ(settings.trust_store, workspace.Path("ca.pem"));
  EXPECT_EQ(settings.log_file, workspace.Path("log.json"));
  EXPECT_EQ(settings.log_level, "warning");
  EXPECT_EQ(settings.drain_time, std::chrono::seconds(7));
  EXPECT_EQ(settings.max_connections, 99U);
}

TEST(ReadConfiguration, DefaultsOfTheTableAreDefaultsOfTheStructures) {
  const Workspace workspace;
  workspace.Replace("tenants.d/acme.yaml", "limits: {streams: 10}\n", "");
  const auto result = workspace.ReadConfiguration();
  ASSERT_NE(result.configuration, nullptr) << AllErrors(result);
  const Settings& settings = result.configuration->settings;
  EXPECT_EQ(settings.shards, Settings{}.shards);
  EXPECT_EQ(settings.verifier_threads, Settings{}.verifier_threads);
  EXPECT_EQ(settings.drain_time, Settings{}.drain_time);
  EXPECT_EQ(settings.max_connections, Settings{}.max_connections);
  const auto& tenant = *result.configuration->tenants->tenants()[0];
  EXPECT_EQ(tenant.limits.streams, TenantLimits{}.streams);
  EXPECT_EQ(tenant.limits.stanza_bytes, TenantLimits{}.stanza_bytes);
  EXPECT_EQ(tenant.limits.streams_per_peer, TenantLimits{}.streams_per_peer);
  EXPECT_EQ(tenant.limits.bytes_per_second, TenantLimits{}.bytes_per_second);
  EXPECT_EQ(tenant.limits.handshakes_per_second,
            TenantLimits{}.handshakes_per_second);
  EXPECT_EQ(tenant.backends[0].priority, Backend{}.priority);
  EXPECT_EQ(tenant.backends[0].weight, Backend{}.weight);
  EXPECT_EQ(tenant.backends[0].health_check, Backend{}.health_check);
}

TEST(ReadConfiguration, ATenantIsWhatItsFileSays) {
  const Workspace workspace;
  workspace.Replace("tenants.d/acme.yaml", "identity: edge-key\n",
                    "identity: own-target\ntarget: T1.Edge.Example\n");
  workspace.Replace("tenants.d/acme.yaml", "../acme.pem, key: ../edge.key",
                    "../own.pem, key: ../own.key");
  workspace.Replace(
      "tenants.d/acme.yaml", "    tls: direct\n",
      "    tls: direct\n    proxy_protocol: v2\n"
      "  - {address: \"[2001:db8::7]:5269\", trust: ../ca.pem}\n");
  const auto result = workspace.ReadConfiguration();
  ASSERT_NE(result.configuration, nullptr) << AllErrors(result);
  const auto& tenant = *result.configuration->tenants->tenants()[0];
  EXPECT_EQ(tenant.name, "acme");
  ASSERT_EQ(tenant.domains.size(), 2U);
  EXPECT_EQ(tenant.domains[1].ascii(), "chat.acme.example");
  EXPECT_EQ(tenant.identity, IdentityMode::kOwnTarget);
  ASSERT_TRUE(tenant.target.has_value());
  EXPECT_EQ(tenant.target->ascii(), "t1.edge.example");
  ASSERT_EQ(tenant.backends.size(), 2U);
  EXPECT_EQ(tenant.backends[0].tls, BackendTls::kDirect);
  EXPECT_EQ(tenant.backends[0].proxy_protocol, ProxyProtocol::kV2);
  EXPECT_EQ(tenant.backends[0].trust, nullptr);
  EXPECT_EQ(tenant.backends[1].tls, BackendTls::kStartTls);
  EXPECT_EQ(tenant.backends[1].proxy_protocol, ProxyProtocol::kOff);
  EXPECT_EQ(tenant.backends[1].ToString(), "[2001:db8::7]:5269");
  EXPECT_NE(tenant.backends[1].trust, nullptr);
  EXPECT_EQ(tenant.limits.streams, 10U);
}

TEST(ReadConfiguration, AHandOffByProxyHasTheSecretOfItsFile) {
  const std::string secret(64, 'a');
  for (const char* end : {"", "\n", "\r\n"}) {
    const Workspace workspace;
    workspace.Write("acme.secret", secret + end);
    workspace.Replace("tenants.d/acme.yaml", "    tls: direct\n",
                      "    hand_off: proxy\n    secret: ../acme.secret\n");
    const auto result = workspace.ReadConfiguration();
    ASSERT_NE(result.configuration, nullptr) << AllErrors(result);
    const auto& tenant = *result.configuration->tenants->tenants()[0];
    EXPECT_EQ(tenant.backends[0].hand_off, HandOffBy::kProxy);
    EXPECT_EQ(tenant.backends[0].secret, secret);
  }
}

TEST(ReadConfiguration, D9AnEdgeKeyTenantMayLeaveOutItsCertificate) {
  const Workspace workspace;
  workspace.Replace("tenants.d/acme.yaml",
                    "certificate: {chain: ../acme.pem, key: ../edge.key}\n",
                    "");
  const auto result = workspace.ReadConfiguration();
  ASSERT_NE(result.configuration, nullptr) << AllErrors(result);
  const TenantSet& tenants = *result.configuration->tenants;
  EXPECT_EQ(tenants.tenants()[0]->credentials, nullptr);
  const auto served = tenants.Select("acme.example", nullptr, true);
  EXPECT_EQ(*served.credentials->loaded(),
            CredentialSet{result.configuration->settings.edge_credential});
}

TEST(ReadConfiguration, D9ACaTenantHasItsOwnKeyAndItsCa) {
  const Workspace workspace;
  workspace.Replace("tenants.d/acme.yaml",
                    "edge-key\ncertificate: {chain: ../acme.pem, key: "
                    "../edge.key}",
                    "ca\ncertificate: {chain: ../own.pem, key: ../own.key}");
  const auto result = workspace.ReadConfiguration();
  ASSERT_NE(result.configuration, nullptr) << AllErrors(result);
  const auto& tenant = *result.configuration->tenants->tenants()[0];
  const Settings& settings = result.configuration->settings;
  EXPECT_EQ(tenant.identity, IdentityMode::kCa);
  const auto loaded = tenant.credentials->Load();
  ASSERT_TRUE(loaded.ok()) << loaded.error();
  const Credential& credential = *(*loaded)->front();
  EXPECT_FALSE(HaveSameKey(credential, *settings.edge_credential));
  const CertificateChain& chain = credential.chain();
  ASSERT_EQ(chain.size(), 2U);
  EXPECT_TRUE(
      std::ranges::equal(chain.der(1), settings.edge_ca->chain().der(0)));
}

TEST(ReadConfiguration, AllErrorsOfAllFilesComeInOneRun) {
  const Workspace workspace;
  workspace.Replace("danegate.yaml", "hosts:", "host:");
  workspace.Replace("danegate.yaml", "root.key", "no.key");
  workspace.Replace("tenants.d/acme.yaml", "tls: direct", "tls: sideways");
  workspace.Replace("tenants.d/acme.yaml", "streams: 10", "streams: 0");
  workspace.Write("tenants.d/broken.yaml", "tenant: [broken\n");
  const auto result = workspace.ReadConfiguration();
  EXPECT_EQ(result.configuration, nullptr);
  EXPECT_EQ(result.files, 3U);
  std::vector<std::string> places;
  for (const auto& error : result.errors) {
    places.push_back(workspace.Place(error));
  }
  const std::vector<std::string> expected = {
      "danegate.yaml:4:3", "danegate.yaml:11:17", "tenants.d/acme.yaml:7:10",
      "tenants.d/acme.yaml:9:19", "tenants.d/broken.yaml:1:9"};
  EXPECT_EQ(places, expected) << AllErrors(result);
}

TEST(ReadConfiguration, TwoTenantsOfOneDomainNameBothFiles) {
  const Workspace workspace;
  workspace.Write("tenants.d/wonder.yaml", R"(tenant: wonder
domains: [wonder.example, acme.example]
backends: [{address: 127.0.0.1:5271}]
)");
  const auto result = workspace.ReadConfiguration();
  ASSERT_EQ(result.errors.size(), 1U) << AllErrors(result);
  EXPECT_EQ(result.configuration, nullptr);
  EXPECT_EQ(workspace.Place(result.errors[0]), "tenants.d/wonder.yaml:2:27");
  EXPECT_NE(
      result.errors[0].message.find(workspace.Path("tenants.d/acme.yaml:2:11")),
      std::string::npos)
      << AllErrors(result);
  EXPECT_EQ(result.tenant_count, 1U);
}

TEST(ReadConfiguration, TwoTenantsOfOneNameAreRefused) {
  const Workspace workspace;
  workspace.Write("tenants.d/wonder.yaml", R"(tenant: acme
domains: [wonder.example]
backends: [{address: 127.0.0.1:5271}]
)");
  const auto result = workspace.ReadConfiguration();
  ASSERT_EQ(result.errors.size(), 1U) << AllErrors(result);
  EXPECT_EQ(workspace.Place(result.errors[0]), "tenants.d/wonder.yaml:1:9");
}

TEST(ReadConfiguration, AMissingFileIsOneError) {
  const auto result = ReadConfiguration("/nowhere/danegate.yaml", kToday);
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_EQ(result.errors[0].ToString(),
            "/nowhere/danegate.yaml: cannot read \"/nowhere/danegate.yaml\": "
            "No such file or directory; put the file there, or mend the path");
  EXPECT_EQ(result.files, 0U);
}

TEST(ReadConfiguration, AFileThatIsNoMapIsOneError) {
  const Workspace workspace;
  workspace.Write("tenants.d/acme.yaml", "- a\n- b\n");
  const auto result = workspace.ReadConfiguration();
  ASSERT_EQ(result.errors.size(), 1U) << AllErrors(result);
  EXPECT_EQ(workspace.Place(result.errors[0]), "tenants.d/acme.yaml:1:1");
  EXPECT_NE(result.errors[0].message.find("expected a map"), std::string::npos);
}

TEST(ReadConfiguration, APipeIsNotWaitedFor) {
  const Workspace workspace;
  ASSERT_EQ(::mkfifo(workspace.Path("tenants.d/pipe.yaml").c_str(), 0600), 0);
  const auto result = workspace.ReadConfiguration();
  ASSERT_EQ(result.errors.size(), 1U) << AllErrors(result);
  EXPECT_EQ(workspace.Place(result.errors[0]), "tenants.d/pipe.yaml");
}

TEST(ReadConfiguration, OtherFilesInTheFolderAreLeftAlone) {
  const Workspace workspace;
  workspace.Write("tenants.d/.hidden.yaml", "nonsense: [");
  workspace.Write("tenants.d/README", "nonsense: [");
  workspace.Write("tenants.d/late.yml", "nonsense: [");
  const auto result = workspace.ReadConfiguration();
  ASSERT_EQ(result.errors.size(), 1U) << AllErrors(result);
  EXPECT_TRUE(result.errors[0].warning);
  EXPECT_NE(result.errors[0].message.find("late.yml"), std::string::npos);
}

TEST(ReadConfiguration, AFileFullOfMistakesSaysSoOnce) {
  const Workspace workspace;
  std::string text = workspace.Read("danegate.yaml");
  for (int i = 0; i < 500; ++i) text += "key" + std::to_string(i) + ": 1\n";
  workspace.Write("danegate.yaml", text);
  const auto result = workspace.ReadConfiguration();
  ASSERT_EQ(result.errors.size(), FileLog::kMaxErrors + 1);
  EXPECT_EQ(result.configuration, nullptr);
  for (const auto& error : result.errors) {
    EXPECT_FALSE(error.warning);
    EXPECT_EQ(error.message.starts_with("more than 100 mistakes; the rest is"),
              &error == &result.errors.back())
        << error.ToString();
  }
}

}  // namespace
}  // namespace danegate::testing
