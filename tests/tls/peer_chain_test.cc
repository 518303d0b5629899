// I-12, B8: what a chain may look like before anybody looks into it.
#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/curve25519.h>
#include <openssl/ec_key.h>
#include <openssl/nid.h>
#include <openssl/rsa.h>

#include "tests/tls/odd_peer.h"
#include "tests/tls/tls_pair.h"

namespace danegate::test {
namespace {

using State = TlsEngine::State;

bssl::UniquePtr<EVP_PKEY> Rsa(int bits, unsigned exponent) {
  bssl::UniquePtr<RSA> rsa(RSA_new());
  bssl::UniquePtr<BIGNUM> e(BN_new());
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  BN_set_word(e.get(), exponent);
  EXPECT_TRUE(RSA_generate_key_ex(rsa.get(), bits, e.get(), nullptr));
  EVP_PKEY_set1_RSA(key.get(), rsa.get());
  return key;
}

bssl::UniquePtr<EVP_PKEY> Curve(int nid) {
  bssl::UniquePtr<EC_KEY> ec(EC_KEY_new_by_curve_name(nid));
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  EC_KEY_generate_key(ec.get());
  EVP_PKEY_set1_EC_KEY(key.get(), ec.get());
  return key;
}

bssl::UniquePtr<EVP_PKEY> Ed25519() {
  const std::uint8_t seed[32] = {1};
  return bssl::UniquePtr<EVP_PKEY>(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed, 32));
}

class PeerChainTest : public testing::Test {
 protected:
  // What becomes of a peer that presents `chain`: the error, or empty.
  std::string Present(const CertificateChain& chain, EVP_PKEY* key) {
    OddPeer peer([](SSL_CTX* settings) {
      const std::uint16_t all[] = {
          SSL_SIGN_ECDSA_SECP256R1_SHA256, SSL_SIGN_ECDSA_SECP384R1_SHA384,
          SSL_SIGN_ECDSA_SECP521R1_SHA512, SSL_SIGN_RSA_PSS_RSAE_SHA256,
          SSL_SIGN_ED25519};
      SSL_CTX_set_signing_algorithm_prefs(settings, all, std::size(all));
    });
    EXPECT_TRUE(peer.Present(chain, key));
    auto server = TlsEngine::Accept(context_, std::nullopt, true);
    peer.Shake(server);
    alert_ = peer.alert();
    if (server.state() == State::kOpen) {
      EXPECT_EQ(server.peer_chain().ChainDigest(), chain.ChainDigest());
    }
    return server.error();
  }
  std::string Present(bssl::UniquePtr<EVP_PKEY> key) {
    CertificateOrder order;
    order.key = key.get();
    const auto issuer = Issue({.ca = true});
    const auto leaf = Issue(order, &issuer);
    return Present(ChainOf({&leaf}), key.get());
  }
  // A leaf and `more` other certificates.
  std::string PresentMany(std::size_t more, const TestCertificate& other) {
    const auto leaf = Issue({});
    std::vector<Bytes> ders{leaf.der};
    ders.insert(ders.end(), more, other.der);
    return Present(CertificateChain::FromDer(ders), leaf.key.get());
  }

  const ServerContext context_{Serve(SelfSigned("edge.example"))};
  int alert_ = 0;
};

TEST_F(PeerChainTest, EightCertificatesAreAcceptedNineAreNot) {
  const auto other = Issue({});
  EXPECT_EQ(PresentMany(7, other), "");
  EXPECT_EQ(PresentMany(8, other),
            "the peer's chain has 9 certificates; at most 8 are accepted");
  EXPECT_EQ(alert_, SSL_AD_BAD_CERTIFICATE);
  EXPECT_EQ(PresentMany(30, other),
            "the peer's chain has 31 certificates; at most 8 are accepted");
}

TEST_F(PeerChainTest, ChainsOver16KiBAreRefused) {
  CertificateOrder big;
  big.extensions = {{"1.2.3.4", Bytes(15 * 1024), false}};
  EXPECT_EQ(PresentMany(1, Issue(big)), "");
  big.extensions = {{"1.2.3.4", Bytes(17 * 1024), false}};
  EXPECT_EQ(PresentMany(1, Issue(big)),
            "a handshake message or certificate chain over 16 KiB");
}

TEST_F(PeerChainTest, UsualKeysAreAccepted) {
  EXPECT_EQ(Present(Rsa(2048, 65537)), "");
  EXPECT_EQ(Present(Rsa(2048, 3)), "");
  EXPECT_EQ(Present(Curve(NID_X9_62_prime256v1)), "");
  EXPECT_EQ(Present(Curve(NID_secp384r1)), "");
  EXPECT_EQ(Present(Curve(NID_secp521r1)), "");
  EXPECT_EQ(Present(Ed25519()), "");
}

TEST_F(PeerChainTest, ShortRsaKeysAreRefused) {
  EXPECT_EQ(Present(Rsa(1024, 65537)),
            "the peer's certificate has an RSA key of 1024 bits; expected 2048 "
            "to 8192");
  EXPECT_EQ(alert_, SSL_AD_BAD_CERTIFICATE);
}

// A certificate whose public key is `modulus_bits` of ones: nobody holds the
// private key, and nobody has to for the handshake to end.
TestCertificate WithRsaKey(std::size_t modulus_octets, const Bytes& exponent) {
  Bytes modulus(modulus_octets, 0xff);
  modulus.insert(modulus.begin(), 0);
  CBS spki;
  const Bytes number = Concat({Tlv(2, modulus), Tlv(2, exponent)});
  const Bytes algorithm = {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                           0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
  const Bytes der = Tlv(
      0x30, Concat({algorithm, Tlv(3, Concat({Bytes{0}, Tlv(0x30, number)}))}));
  CBS_init(&spki, der.data(), der.size());
  const bssl::UniquePtr<EVP_PKEY> key(EVP_parse_public_key(&spki));
  EXPECT_NE(key, nullptr);
  // The issuer signs with its own key, so only the public half is needed.
  const auto issuer = Issue({.ca = true});
  CertificateOrder order;
  order.key = key.get();
  return Issue(order, &issuer);
}

TEST_F(PeerChainTest, RsaKeysOver8192BitsAreRefusedAnywhereInTheChain) {
  EXPECT_EQ(PresentMany(1, WithRsaKey(1024, {1, 0, 1})), "");
  EXPECT_EQ(PresentMany(1, WithRsaKey(1025, {1, 0, 1})),
            "the peer's chain has an RSA key of 8200 bits; at most 8192 are "
            "accepted");
}

// In TLS 1.2, where a signature algorithm does not name the curve.
TEST_F(PeerChainTest, CurvesBesideTheUsualAreRefused) {
  const auto key = Curve(NID_secp224r1);
  const auto issuer = Issue({.ca = true});
  CertificateOrder order;
  order.key = key.get();
  const auto leaf = Issue(order, &issuer);
  OddPeer peer([](SSL_CTX* settings) {
    SSL_CTX_set_max_proto_version(settings, TLS1_2_VERSION);
  });
  if (!peer.Present(ChainOf({&leaf}), key.get())) {
    GTEST_SKIP() << "this BoringSSL cannot present such a key";
  }
  auto server = TlsEngine::Accept(context_, std::nullopt, true);
  peer.Shake(server);
  EXPECT_EQ(server.error(),
            "the peer's certificate has an EC key on another curve; expected "
            "P-256, P-384 or P-521");
}

}  // namespace
}  // namespace danegate::test
