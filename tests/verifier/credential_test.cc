#include "verifier/credential.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/pem.h>

#include "tests/support/test_certificates.h"

namespace danegate::test {
namespace {

std::string EncryptedKey(EVP_PKEY* key) {
  const bssl::UniquePtr<BIO> bio(BIO_new(BIO_s_mem()));
  char pass[] = "secret";
  EXPECT_TRUE(PEM_write_bio_PKCS8PrivateKey(bio.get(), key, EVP_aes_128_cbc(),
                                            pass, 6, nullptr, nullptr));
  const std::uint8_t* data = nullptr;
  std::size_t size = 0;
  BIO_mem_contents(bio.get(), &data, &size);
  return {reinterpret_cast<const char*>(data), size};
}

TEST(Credential, JoinsAChainAndItsKey) {
  for (const unsigned rsa_bits : {0u, 2048u}) {
    CertificateOrder order;
    order.key_kind.rsa_bits = rsa_bits;
    const auto leaf = Issue(order);
    const auto credential = Credential::FromPem(leaf.ToPem(), leaf.KeyToPem());
    ASSERT_TRUE(credential.ok()) << credential.error();
    EXPECT_EQ((*credential)->chain().size(), 1u);
    EXPECT_EQ((*credential)->not_before(), order.not_before);
    EXPECT_EQ((*credential)->not_after(), order.not_after);
    EXPECT_NE((*credential)->key(), nullptr);
  }
}

TEST(Credential, KnowsValidityFarFromToday) {
  CertificateOrder order;
  order.not_before = UnixTime{-86'400};         // 1969
  order.not_after = UnixTime{253'402'300'799};  // the end of 9999
  const auto leaf = Issue(order);
  const auto credential = Credential::FromPem(leaf.ToPem(), leaf.KeyToPem());
  ASSERT_TRUE(credential.ok()) << credential.error();
  EXPECT_EQ((*credential)->not_before(), order.not_before);
  EXPECT_EQ((*credential)->not_after(), order.not_after);
}

TEST(Credential, SaysWhatIsWrong) {
  const auto leaf = Issue({});
  const auto other = Issue({});
  const std::string chain = leaf.ToPem(), key = leaf.KeyToPem();
  struct Row {
    std::string chain, key, error;
  };
  const Row rows[] = {
      {"", key, "certificate chain: expected a PEM file with CERTIFICATE"},
      {chain, "", "private key: expected a PEM PRIVATE KEY; found none"},
      {chain, chain, "private key: expected a PEM PRIVATE KEY; found none"},
      {chain, "-----BEGIN PRIVATE KEY-----\nAAEC\n-----END PRIVATE KEY-----\n",
       "private key: expected a PEM PRIVATE KEY of type RSA, EC or Ed25519; "
       "found one that cannot be read; copy it anew"},
      {chain, EncryptedKey(leaf.key.get()),
       "private key: the private key is encrypted; expected one without a pass "
       "phrase"},
      {chain, other.KeyToPem(),
       "the private key does not belong to the first certificate of the "
       "chain"},
      {other.ToPem() + chain, key,
       "the private key does not belong to the first certificate of the "
       "chain"},
  };
  for (const Row& row : rows) {
    const auto credential = Credential::FromPem(row.chain, row.key);
    ASSERT_FALSE(credential.ok()) << row.error;
    EXPECT_EQ(credential.error().substr(0, row.error.size()), row.error);
  }
}

// D12: thousands of tenants have the same intermediate.
TEST(Credential, EqualIntermediatesAreKeptOnceAndLeavesAreNot) {
  const auto root = Issue({.subject = "root", .ca = true});
  const auto leaf = Issue({}, &root);
  const std::string pem = leaf.ToPem() + root.ToPem();
  const auto one = Credential::FromPem(pem, leaf.KeyToPem());
  const auto two = Credential::FromPem(pem, leaf.KeyToPem());
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_EQ((*one)->chain().buffer(1), (*two)->chain().buffer(1));
  EXPECT_NE((*one)->chain().buffer(0), (*two)->chain().buffer(0));
}

}  // namespace
}  // namespace danegate::test
