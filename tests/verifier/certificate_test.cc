#include "verifier/certificate.h"

#include <gtest/gtest.h>

#include "tests/support/test_certificates.h"

namespace danegate::test {
namespace {

Bytes Der(const CertificateChain& chain, std::size_t index) {
  return {chain.der(index).begin(), chain.der(index).end()};
}

TEST(CertificateChain, ReadsEveryCertificateOfAPemFileInOrder) {
  const auto root = Issue({.subject = "root", .ca = true});
  const auto leaf = Issue({}, &root);
  const auto chain = CertificateChain::ParsePem("# a comment\n" + leaf.ToPem() +
                                                leaf.KeyToPem() + root.ToPem());
  ASSERT_TRUE(chain.ok()) << chain.error();
  ASSERT_EQ(chain->size(), 2u);
  EXPECT_EQ(Der(*chain, 0), leaf.der);
  EXPECT_EQ(Der(*chain, 1), root.der);
}

TEST(CertificateChain, SaysWhatIsWrongWithAPemFile) {
  const auto leaf = Issue({});
  const std::string pem = leaf.ToPem();
  std::string cut = pem;
  cut.erase(100, 5);  // no multiple of four any more
  std::string unended = pem.substr(0, pem.size() - 10);
  const std::string other =
      "-----BEGIN CERTIFICATE-----\nAAECAw==\n-----END CERTIFICATE-----\n";
  const std::string trailing =
      TestCertificate{Concat({leaf.der, Bytes{0}}), nullptr, ""}.ToPem();
  const std::pair<std::string, std::string> rows[] = {
      {"", "expected a PEM file with CERTIFICATE blocks; found no PEM block"},
      {"hello\n", "expected a PEM file with CERTIFICATE blocks; found no PEM"},
      {leaf.KeyToPem(),
       "expected a PEM file with CERTIFICATE blocks; found only other blocks, "
       "the last a "},
      {cut, "PEM block 1: expected base64"},
      {pem + cut, "PEM block 2: expected base64"},
      {pem + unended, "PEM block 2: expected base64"},
      {other,
       "PEM block 1: expected the DER of one X.509 certificate; found 4 octets "
       "that are none"},
      {pem + leaf.KeyToPem() + other, "PEM block 3: expected the DER"},
      {trailing, "PEM block 1: expected the DER"},
  };
  for (const auto& [text, error] : rows) {
    const auto chain = CertificateChain::ParsePem(text);
    ASSERT_FALSE(chain.ok()) << error;
    EXPECT_EQ(chain.error().substr(0, error.size()), error);
  }
}

TEST(CertificateChain, CopiesShareTheirBytes) {
  const auto leaf = Issue({});
  const CertificateChain chain = ChainOf({&leaf});
  CertificateChain copy = chain;
  EXPECT_EQ(copy.buffer(0), chain.buffer(0));
  CertificateChain other;
  other = copy;
  copy = CertificateChain();
  EXPECT_TRUE(copy.empty());
  EXPECT_EQ(Der(other, 0), leaf.der);
}

TEST(CertificateChain, ChainDigestTellsWhereOneCertificateEnds) {
  const Bytes a = {1, 2, 3}, b = {4, 5}, ab = {1, 2, 3, 4, 5};
  const auto digest = [](std::vector<Bytes> ders) {
    return CertificateChain::FromDer(ders).ChainDigest();
  };
  EXPECT_NE(digest({a, b}), digest({ab}));
  EXPECT_NE(digest({a, b}), digest({b, a}));
  EXPECT_NE(digest({a, b}), digest({a}));
  EXPECT_EQ(digest({a, b}), digest({a, b}));
}

TEST(CertificateChain, LeafDigestIsSha256OfTheLeaf) {
  const std::vector<Bytes> ders = {{'a', 'b', 'c'}, {1}};
  const Sha256 expected = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
                           0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
                           0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
                           0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
  EXPECT_EQ(CertificateChain::FromDer(ders).LeafDigest(), expected);
}

}  // namespace
}  // namespace danegate::test
