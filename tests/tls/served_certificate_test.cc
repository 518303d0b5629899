// Which certificate is asked of the selector, and what happens when it has none
// (D9, K-2, K-3, H-12). What the selector answers is tested with TenantSet.
#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <vector>

#include "tests/tls/odd_peer.h"
#include "tests/tls/tls_pair.h"

namespace danegate::test {
namespace {

using State = TlsEngine::State;

// K-2, K-3 in small: two tenants and a default.
ServedCertificate Choose(const WantedName& wanted) {
  std::string name(wanted.sni);
  if (name.empty() || (!wanted.direct && name == "unknown.example")) {
    name = wanted.to == nullptr ? "edge.example" : wanted.to->ascii();
  }
  if (name == "unknown.example") return {};
  return {Only(SelfSigned(name)), name == "edge.example" ? "" : name};
}

struct Row {
  const char* sni;
  const char* to;      // null: direct TLS
  const char* served;  // null: unrecognized_name
};

constexpr Row kMatrix[] = {
    {"a.example", nullptr, "a.example"},
    {"edge.example", nullptr, "edge.example"},
    {"", nullptr, "edge.example"},
    {"unknown.example", nullptr, nullptr},
    {"a.example", "a.example", "a.example"},
    {"a.example", "b.example", "a.example"},
    {"edge.example", "b.example", "edge.example"},
    {"", "b.example", "b.example"},
    {"unknown.example", "b.example", "b.example"},
};

class ServedCertificateTest : public testing::Test {
 protected:
  TlsEngine Accept(const char* to) {
    std::optional<Domain> domain;
    if (to != nullptr) domain = Name(to);
    return TlsEngine::Accept(context_, domain, to == nullptr);
  }
  // With an SNI that need not be one.
  static void Ask(OddPeer& peer, const std::string& sni) {
    if (!sni.empty()) SSL_set_tlsext_host_name(peer.ssl(), sni.c_str());
  }

  const ServerContext context_{&Choose};
};

TEST_F(ServedCertificateTest, FollowsSniThenToThenDefault_K2_K3) {
  for (const Row& row : kMatrix) {
    OddPeer peer;
    Ask(peer, row.sni);
    auto server = Accept(row.to);
    peer.Shake(server);
    const std::string what =
        std::string(row.sni) + " / " + (row.to == nullptr ? "direct" : row.to);
    if (row.served == nullptr) {
      EXPECT_EQ(server.state(), State::kFailed) << what;
      EXPECT_EQ(peer.alert(), SSL_AD_UNRECOGNIZED_NAME) << what;
      EXPECT_EQ(server.error(),
                "no certificate for the server name (SNI) 'unknown.example': "
                "it names no tenant and no edge host");
      continue;
    }
    ASSERT_EQ(server.state(), State::kOpen) << what << ' ' << server.error();
    const CRYPTO_BUFFER* leaf =
        sk_CRYPTO_BUFFER_value(SSL_get0_peer_certificates(peer.ssl()), 0);
    const auto expected = SelfSigned(row.served)->chain().der(0);
    EXPECT_EQ(std::string_view(
                  reinterpret_cast<const char*>(CRYPTO_BUFFER_data(leaf)),
                  CRYPTO_BUFFER_len(leaf)),
              std::string_view(reinterpret_cast<const char*>(expected.data()),
                               expected.size()))
        << what;
    const bool is_tenant = std::string_view(row.served) != "edge.example";
    EXPECT_EQ(server.served_tenant(), is_tenant ? row.served : "") << what;
  }
}

// H-12: an SNI that is no host name is as good as none.
TEST_F(ServedCertificateTest, SniThatIsNoHostNameIsIgnored_H12) {
  const std::string label63(63, 'a');
  const std::string rows[] = {"192.0.2.1",   "2001:db8::1",
                              "a.example.",  ".a.example",
                              "a..example",  "b\xc3\xbc.example",
                              "a b.example", label63 + "a.example",
                              "1",           "."};
  for (const std::string& sni : rows) {
    OddPeer peer;
    Ask(peer, sni);
    auto server = Accept(nullptr);
    EXPECT_TRUE(peer.Shake(server)) << sni << ' ' << server.error();
    EXPECT_EQ(server.server_name(), "") << sni;
    EXPECT_EQ(server.served_tenant(), "") << sni;
  }
}

TEST_F(ServedCertificateTest, SniIsHandedOnAsSent) {
  OddPeer peer;
  Ask(peer, "A.Example");
  std::string seen;
  const ServerContext context([&](const WantedName& wanted) {
    seen = wanted.sni;
    return ServedCertificate{Only(SelfSigned("a.example")), "a"};
  });
  auto server = TlsEngine::Accept(context, std::nullopt, true);
  EXPECT_TRUE(peer.Shake(server));
  EXPECT_EQ(seen, "A.Example");
  EXPECT_EQ(server.server_name(), "A.Example");
}

// B12: a reload in the middle of a handshake changes nothing for it.
TEST_F(ServedCertificateTest, AHandshakeKeepsTheCredentialItStartedWith_B12) {
  auto current = Only(SelfSigned("old.example"));
  const ServerContext context([&](const WantedName&) {
    return ServedCertificate{current, "a"};
  });
  const ClientContext client_context;
  auto server = TlsEngine::Accept(context, std::nullopt, true);
  auto client =
      TlsEngine::Connect(client_context, nullptr, Name("a.example"), true);
  Feed(server, TakeCiphertext(client));
  current.reset();
  Shuttle(client, server);
  ASSERT_EQ(client.state(), State::kOpen);
  EXPECT_EQ(client.peer_chain().LeafDigest(),
            SelfSigned("old.example")->chain().LeafDigest());
}

// D12: credentials are loaded when they are first needed, off the shard.
TEST_F(ServedCertificateTest, AHandshakeWaitsForWhatIsNotLoadedYet) {
  ServedCertificate served{nullptr, "a", 7};
  bool again = false;
  const ServerContext context([&](const WantedName& wanted) {
    again = wanted.again;
    return served;
  });
  const ClientContext client_context;
  auto server = TlsEngine::Accept(context, std::nullopt, true);
  auto client =
      TlsEngine::Connect(client_context, nullptr, Name("a.example"), true);
  Shuttle(client, server);
  EXPECT_EQ(server.state(), State::kHandshaking);
  EXPECT_EQ(server.waits_for(), 7U);
  EXPECT_FALSE(again);
  served = {Only(SelfSigned("a.example")), "a"};
  server.Resume();
  EXPECT_EQ(server.waits_for(), 0U);
  EXPECT_TRUE(again);
  Shuttle(client, server);
  EXPECT_EQ(client.state(), State::kOpen);
  EXPECT_EQ(server.state(), State::kOpen);
}

TEST_F(ServedCertificateTest, WhatCannotBeServedIsNotAnUnknownName) {
  const ServerContext context([](const WantedName&) {
    return ServedCertificate{nullptr, "a", 0, "the file is gone"};
  });
  OddPeer peer;
  Ask(peer, "a.example");
  auto server = TlsEngine::Accept(context, std::nullopt, true);
  EXPECT_FALSE(peer.Shake(server));
  EXPECT_EQ(peer.alert(), SSL_AD_INTERNAL_ERROR);
  EXPECT_EQ(server.error(), "the file is gone");
  EXPECT_EQ(server.served_tenant(), "a");
}

struct KindRow {
  const char* what;
  std::vector<std::uint16_t> algorithms;  // that the peer verifies
  const char* suites;                     // null: TLS 1.3
  bool rsa;                               // which is served
};

// One tenant, an ECDSA and an RSA certificate.
TEST_F(ServedCertificateTest, ThePeersAlgorithmsChooseTheKindOfKey) {
  const KindRow rows[] = {
      {"both, TLS 1.3",
       {SSL_SIGN_RSA_PSS_RSAE_SHA256, SSL_SIGN_ECDSA_SECP256R1_SHA256},
       nullptr,
       false},
      {"RSA alone, TLS 1.3", {SSL_SIGN_RSA_PSS_RSAE_SHA256}, nullptr, true},
      {"another curve, TLS 1.3",
       {SSL_SIGN_ECDSA_SECP384R1_SHA384, SSL_SIGN_RSA_PSS_RSAE_SHA256},
       nullptr,
       true},
      {"both, TLS 1.2, RSA suites",
       {SSL_SIGN_RSA_PKCS1_SHA256, SSL_SIGN_ECDSA_SECP256R1_SHA256},
       "ECDHE-RSA-AES128-GCM-SHA256",
       true},
      {"both, TLS 1.2, both suites",
       {SSL_SIGN_RSA_PKCS1_SHA256, SSL_SIGN_ECDSA_SECP256R1_SHA256},
       "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256",
       false},
      {"PKCS #1 alone, TLS 1.2",
       {SSL_SIGN_RSA_PKCS1_SHA256},
       "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256",
       true},
  };
  const auto both = std::make_shared<const CredentialSet>(
      CredentialSet{SelfSigned("a.example"), SelfSigned("a.example", {2048})});
  const ServerContext context([&](const WantedName&) {
    return ServedCertificate{both, "a"};
  });
  for (const KindRow& row : rows) {
    OddPeer peer([&row](SSL_CTX* settings) {
      SSL_CTX_set_verify_algorithm_prefs(settings, row.algorithms.data(),
                                         row.algorithms.size());
      if (row.suites == nullptr) return;
      SSL_CTX_set_max_proto_version(settings, TLS1_2_VERSION);
      SSL_CTX_set_strict_cipher_list(settings, row.suites);
    });
    auto server = TlsEngine::Accept(context, std::nullopt, true);
    ASSERT_TRUE(peer.Shake(server)) << row.what << ' ' << server.error();
    const CRYPTO_BUFFER* leaf =
        sk_CRYPTO_BUFFER_value(SSL_get0_peer_certificates(peer.ssl()), 0);
    const auto expected = (*both)[row.rsa ? 1 : 0]->chain().der(0);
    EXPECT_TRUE(std::ranges::equal(
        std::span(CRYPTO_BUFFER_data(leaf), CRYPTO_BUFFER_len(leaf)), expected))
        << row.what;
  }
}

TEST_F(ServedCertificateTest, NoDefaultIsSaidSo) {
  const ServerContext context(
      [](const WantedName&) { return ServedCertificate{}; });
  OddPeer peer;
  auto server = TlsEngine::Accept(context, std::nullopt, true);
  EXPECT_FALSE(peer.Shake(server));
  EXPECT_EQ(server.error(),
            "no certificate to serve: the peer sent no usable server name "
            "(SNI), and there is no default");
}

}  // namespace
}  // namespace danegate::test
