// Two of our engines shake hands, or an odd peer and one of ours.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/tls/odd_peer.h"
#include "tests/tls/tls_pair.h"

namespace danegate::test {
namespace {

using State = TlsEngine::State;

constexpr std::uint16_t kBothVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

OddPeer::SetUp OnlyVersion(std::uint16_t version) {
  return [version](SSL_CTX* settings) {
    SSL_CTX_set_min_proto_version(settings, version);
    SSL_CTX_set_max_proto_version(settings, version);
  };
}

struct Kinds {
  const char* name;
  unsigned server_rsa;
  unsigned client_rsa;
};

class HandshakeTest : public testing::TestWithParam<Kinds> {};

TEST_P(HandshakeTest, EndsOpenWithBothChainsKnown) {
  const auto ours = SelfSigned("edge.example", {GetParam().server_rsa});
  const auto theirs = SelfSigned("peer.example", {GetParam().client_rsa});
  const ServerContext server_context(Serve(ours));
  const ClientContext client_context;
  auto server = TlsEngine::Accept(server_context, std::nullopt, true);
  auto client =
      TlsEngine::Connect(client_context, theirs, Name("edge.example"), true);
  Shuttle(client, server);
  ASSERT_EQ(server.state(), State::kOpen) << server.error();
  ASSERT_EQ(client.state(), State::kOpen) << client.error();
  EXPECT_EQ(server.version(), "TLSv1.3");
  EXPECT_EQ(server.cipher().substr(0, 4), "TLS_");
  EXPECT_EQ(server.server_name(), "edge.example");
  EXPECT_EQ(server.served_tenant(), "acme");
  EXPECT_EQ(server.peer_chain().ChainDigest(), theirs->chain().ChainDigest());
  EXPECT_EQ(client.peer_chain().ChainDigest(), ours->chain().ChainDigest());
}

INSTANTIATE_TEST_SUITE_P(Keys, HandshakeTest,
                         testing::Values(Kinds{"P256P256", 0, 0},
                                         Kinds{"RsaP256", 2048, 0},
                                         Kinds{"P256Rsa", 0, 2048},
                                         Kinds{"RsaRsa", 2048, 2048}),
                         [](const auto& info) { return info.param.name; });

// D1: the server is open only once the client has shown, with CertificateVerify
// and Finished, that it holds the key.
TEST(Handshake, ServerIsNotOpenBeforeTheClientFinished) {
  const ServerContext server_context(Serve(SelfSigned("edge.example")));
  const ClientContext client_context;
  auto server = TlsEngine::Accept(server_context, std::nullopt, true);
  auto client = TlsEngine::Connect(client_context, SelfSigned("peer.example"),
                                   Name("edge.example"), true);
  Feed(server, TakeCiphertext(client));
  Feed(client, TakeCiphertext(server));
  const std::string last_flight = TakeCiphertext(client);
  EXPECT_EQ(client.state(), State::kOpen);
  Feed(server, std::string_view(last_flight).substr(0, last_flight.size() - 1));
  EXPECT_EQ(server.state(), State::kHandshaking);
  Feed(server, std::string_view(last_flight).substr(last_flight.size() - 1));
  EXPECT_EQ(server.state(), State::kOpen);
}

// I-11, A-47: a certificate is asked for, from no authority in particular, and
// not insisted on.
TEST(Handshake, AClientCertificateIsOptional_I11) {
  const ServerContext context(Serve(SelfSigned("edge.example")));
  for (const std::uint16_t version : kBothVersions) {
    OddPeer peer(OnlyVersion(version));
    auto server = TlsEngine::Accept(context, std::nullopt, true);
    ASSERT_TRUE(peer.Shake(server)) << server.error();
    EXPECT_EQ(server.state(), State::kOpen);
    EXPECT_TRUE(server.peer_chain().empty());
    EXPECT_EQ(server.server_name(), "");
  }
}

TEST(Handshake, CertificateRequestNamesNoAuthority_I11) {
  const ServerContext context(Serve(SelfSigned("edge.example")));
  OddPeer old(OnlyVersion(TLS1_2_VERSION));
  auto server = TlsEngine::Accept(context, std::nullopt, true);
  ASSERT_TRUE(old.Shake(server));
  const std::string request = old.message(SSL3_MT_CERTIFICATE_REQUEST);
  ASSERT_GT(request.size(), 2u);
  // RFC 5246 7.4.4: the list of authorities comes last.
  EXPECT_EQ(request.substr(request.size() - 2), std::string(2, '\0'));

  OddPeer recent(OnlyVersion(TLS1_3_VERSION));
  server = TlsEngine::Accept(context, std::nullopt, true);
  ASSERT_TRUE(recent.Shake(server));
  const std::string extensions = recent.message(SSL3_MT_CERTIFICATE_REQUEST);
  ASSERT_GT(extensions.size(), 3u);
  // RFC 8446 4.2.4: an empty list means that the extension is left out.
  const std::string certificate_authorities = {0, 47};
  EXPECT_EQ(extensions.find(certificate_authorities), std::string::npos);
}

// D7, B5: nothing to come back with.
TEST(Handshake, NeitherSessionTicketNorSessionIdIsSent_B5) {
  const ServerContext context(Serve(SelfSigned("edge.example")));
  for (const std::uint16_t version : kBothVersions) {
    OddPeer peer(OnlyVersion(version));
    peer.Present(*SelfSigned("peer.example"));
    auto server = TlsEngine::Accept(context, std::nullopt, true);
    ASSERT_TRUE(peer.Shake(server)) << server.error();
    Write(server, "hello");
    peer.Exchange(server);
    EXPECT_EQ(std::count(peer.messages().begin(), peer.messages().end(),
                         SSL3_MT_NEW_SESSION_TICKET),
              0);
    EXPECT_FALSE(SSL_SESSION_has_ticket(SSL_get_session(peer.ssl())));
    unsigned id_size = 1;
    SSL_SESSION_get_id(SSL_get_session(peer.ssl()), &id_size);
    EXPECT_EQ(id_size, 0u);
  }
}

// I-01
TEST(Handshake, OldVersionsAreRefusedByName_I01) {
  const ServerContext context(Serve(SelfSigned("edge.example")));
  const std::pair<std::uint16_t, const char*> rows[] = {
      {TLS1_VERSION, "the peer offered only TLS 1.0; expected TLS 1.2 or 1.3"},
      {TLS1_1_VERSION,
       "the peer offered only TLS 1.1; expected TLS 1.2 or 1.3"},
  };
  for (const auto& [version, error] : rows) {
    OddPeer peer(OnlyVersion(version));
    auto server = TlsEngine::Accept(context, std::nullopt, true);
    EXPECT_FALSE(peer.Shake(server));
    EXPECT_EQ(server.state(), State::kFailed);
    EXPECT_EQ(server.error(), error);
    EXPECT_EQ(peer.alert(), SSL_AD_PROTOCOL_VERSION);
  }
}

// I-02
TEST(Handshake, CiphersWithoutForwardSecrecyOrAeadAreRefused_I02) {
  const ServerContext context(Serve(SelfSigned("edge.example", {2048})));
  for (const char* cipher :
       {"AES128-GCM-SHA256", "AES128-SHA", "ECDHE-RSA-AES128-SHA"}) {
    OddPeer peer([cipher](SSL_CTX* settings) {
      SSL_CTX_set_max_proto_version(settings, TLS1_2_VERSION);
      ASSERT_TRUE(SSL_CTX_set_strict_cipher_list(settings, cipher));
    });
    auto server = TlsEngine::Accept(context, std::nullopt, true);
    EXPECT_FALSE(peer.Shake(server)) << cipher;
    EXPECT_EQ(server.error().substr(0, 20), "no cipher in common;") << cipher;
  }
}

TEST(Handshake, SignaturesWithSha1AreRefused) {
  const ServerContext context(Serve(SelfSigned("edge.example")));
  const auto credential = SelfSigned("peer.example", {2048});
  OddPeer peer([](SSL_CTX* settings) {
    SSL_CTX_set_max_proto_version(settings, TLS1_2_VERSION);
    const std::uint16_t sha1[] = {SSL_SIGN_RSA_PKCS1_SHA1};
    SSL_CTX_set_signing_algorithm_prefs(settings, sha1, 1);
  });
  peer.Present(*credential);
  auto server = TlsEngine::Accept(context, std::nullopt, true);
  EXPECT_FALSE(peer.Shake(server));
  EXPECT_NE(server.state(), State::kOpen);
}

// Those of RSA, whose key does not name its algorithm; what else a peer may
// hold is in PeerChainTest. PKCS1 is in TLS 1.2 only.
TEST(Handshake, AllUsualRsaSignaturesAreAccepted_I11) {
  const ServerContext context(Serve(SelfSigned("edge.example")));
  const auto credential = SelfSigned("peer.example", {2048});
  const std::pair<std::uint16_t, std::uint16_t> rows[] = {
      {TLS1_3_VERSION, SSL_SIGN_RSA_PSS_RSAE_SHA256},
      {TLS1_3_VERSION, SSL_SIGN_RSA_PSS_RSAE_SHA384},
      {TLS1_3_VERSION, SSL_SIGN_RSA_PSS_RSAE_SHA512},
      {TLS1_2_VERSION, SSL_SIGN_RSA_PKCS1_SHA256},
      {TLS1_2_VERSION, SSL_SIGN_RSA_PKCS1_SHA384},
      {TLS1_2_VERSION, SSL_SIGN_RSA_PKCS1_SHA512},
  };
  for (const auto& [version, algorithm] : rows) {
    OddPeer peer([&](SSL_CTX* settings) {
      OnlyVersion(version)(settings);
      SSL_CTX_set_signing_algorithm_prefs(settings, &algorithm, 1);
    });
    peer.Present(*credential);
    auto server = TlsEngine::Accept(context, std::nullopt, true);
    EXPECT_TRUE(peer.Shake(server)) << algorithm << ' ' << server.error();
    EXPECT_FALSE(server.peer_chain().empty());
  }
}

// A stolen public chain without its key never gets past the handshake (C2).
TEST(Handshake, AChainWithoutItsKeyIsRefused_C2) {
  const ServerContext context(Serve(SelfSigned("edge.example")));
  const auto victim = SelfSigned("victim.example");
  const auto attacker = SelfSigned("attacker.example");
  for (const std::uint16_t version : kBothVersions) {
    OddPeer peer(OnlyVersion(version));
    // BoringSSL compares a chain with an EVP_PKEY, but believes a method.
    static EVP_PKEY* key;
    key = attacker->key();
    static constexpr SSL_PRIVATE_KEY_METHOD kForger = {
        [](SSL*, uint8_t* out, size_t* size, size_t max, uint16_t,
           const uint8_t* in, size_t in_size) {
          bssl::ScopedEVP_MD_CTX context;
          *size = max;
          EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr,
                             key);
          return EVP_DigestSign(context.get(), out, size, in, in_size)
                     ? ssl_private_key_success
                     : ssl_private_key_failure;
        },
        nullptr, nullptr};
    CRYPTO_BUFFER* leaf = victim->chain().buffer(0);
    ASSERT_TRUE(SSL_set_chain_and_key(peer.ssl(), &leaf, 1, nullptr, &kForger));
    auto server = TlsEngine::Accept(context, std::nullopt, true);
    peer.Shake(server);
    EXPECT_EQ(server.state(), State::kFailed);
    EXPECT_EQ(server.error(),
              "the peer does not hold the key of the certificate that it "
              "presented");
  }
}

}  // namespace
}  // namespace danegate::test
