// Which certificates lead to a trusted root, and for whom (spec C.3, attack
// B8).
#include "verifier/pkix.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/test_certificates.h"
#include "tests/verifier/path_orders.h"
#include "verifier/x509/certificate_path.h"
#include "verifier/x509/path_candidates.h"

namespace danegate::test {
namespace {

TEST(PkixTest, LeafOfTrustedRootIsValid) {
  const auto root = Issue(Root());
  const auto leaf = Issue(Leaf(), &root);
  EXPECT_EQ(Why(ChainOf({&leaf}), Trusting({&root})), "");
}

TEST(PkixTest, IntermediatesAreFoundInAnyOrder) {
  const auto root = Issue(Root());
  const auto upper = Issue({.subject = "Upper", .ca = true}, &root);
  const auto lower = Issue({.subject = "Lower", .ca = true}, &upper);
  const auto leaf = Issue(Leaf(), &lower);
  const auto stranger = Issue({.subject = "Stranger", .ca = true});
  const auto trust = Trusting({&root});
  EXPECT_EQ(Why(ChainOf({&leaf, &lower, &upper}), trust), "");
  EXPECT_EQ(Why(ChainOf({&leaf, &upper, &lower}), trust), "");
  EXPECT_EQ(Why(ChainOf({&leaf, &root, &upper, &lower}), trust), "");
  EXPECT_EQ(Why(ChainOf({&leaf, &stranger, &upper, &upper, &lower}), trust),
            "");
  EXPECT_NE(Why(ChainOf({&leaf, &upper}), trust), "");
}

TEST(PkixTest, IntermediateMayBeTrustedItself) {
  const auto root = Issue(Root());
  const auto intermediate = Issue(Intermediate(), &root);
  const auto leaf = Issue(Leaf(), &intermediate);
  EXPECT_EQ(Why(ChainOf({&leaf}), Trusting({&intermediate})), "");
  EXPECT_EQ(
      Why(ChainOf({&leaf, &intermediate, &root}), Trusting({&intermediate})),
      "");
}

TEST(PkixTest, UnknownOrAbsentRootIsRefused) {
  const auto root = Issue(Root());
  const auto impostor = Issue(Root());
  const auto leaf = Issue(Leaf(), &root);
  EXPECT_NE(Why(ChainOf({&leaf}), TrustStore()), "");
  EXPECT_NE(Why(ChainOf({&leaf, &root}), TrustStore()), "");
  EXPECT_NE(Why(ChainOf({&leaf, &root}), Trusting({&impostor})), "");
}

TEST(PkixTest, ForgedSignatureIsRefused) {
  const auto root = Issue(Root());
  auto forger = Issue(Root());
  const auto leaf = Issue(Leaf(), &forger);
  EXPECT_NE(Why(ChainOf({&leaf}), Trusting({&root})), "");
}

// Two roots of one name, as a CA has them while it changes its key.
TEST(PkixTest, RootIsFoundAmongOthersOfItsName) {
  const auto old_root = Issue(Root());
  const auto new_root = Issue(Root());
  const auto leaf = Issue(Leaf(), &new_root);
  EXPECT_EQ(Why(ChainOf({&leaf}), Trusting({&old_root, &new_root})), "");
  EXPECT_EQ(Why(ChainOf({&leaf}), Trusting({&new_root, &old_root})), "");
}

// An intermediate of one name and key, signed anew or by two roots.
TEST(PkixTest, PathIsFoundPastAnIntermediateThatLeadsNowhere) {
  const auto root = Issue(Root());
  const auto other_root = Issue({.subject = "Other root", .ca = true});
  const auto good = Issue(Intermediate(), &root);
  auto order = Intermediate();
  order.key = good.key.get();
  const auto cross = Issue(order, &other_root);
  order.not_after = UnixTime{kTestNow.seconds - 10};
  const auto expired = Issue(order, &root);
  const auto other_key = Issue(Intermediate(), &root);
  const auto leaf = Issue(Leaf(), &good);
  const auto trust = Trusting({&root});
  for (const TestCertificate* dead_end : {&cross, &expired, &other_key}) {
    EXPECT_EQ(Why(ChainOf({&leaf, dead_end, &good}), trust), "");
    EXPECT_EQ(Why(ChainOf({&leaf, &good, dead_end}), trust), "");
  }
  EXPECT_EQ(Why(ChainOf({&leaf, &cross, &expired, &other_key, &good}), trust),
            "");
}

// What an operator pins: the backend's own certificate.
TEST(PkixTest, LeafThatIsTrustedItselfIsValidWhileItNamesThePeer) {
  auto order = Leaf();
  order.subject = "self";
  const auto plain = Issue(order);
  order.ca = true;  // as `openssl req -x509` makes it
  const auto ca = Issue(order);
  EXPECT_EQ(Why(ChainOf({&plain}), Trusting({&plain})), "");
  EXPECT_EQ(Why(ChainOf({&ca}), Trusting({&ca})), "");
  order.names = {DnsName("b.example")};
  const auto other = Issue(order);
  EXPECT_NE(Why(ChainOf({&other}), Trusting({&other})), "");
  EXPECT_NE(Why(ChainOf({&ca}), Trusting({&ca}),
                UnixTime{kTestNow.seconds + 40 * kDay}),
            "");
}

// C-13, C-16
TEST(PkixTest, PathToARootIsNothingWithoutTheName) {
  auto order = Leaf();
  order.names = {DnsName("b.example")};
  order.subject = "a.example";
  const auto root = Issue(Root());
  const auto leaf = Issue(order, &root);
  const std::string why = Why(ChainOf({&leaf}), Trusting({&root}));
  EXPECT_TRUE(Says(why, "a.example")) << why;
}

// B8: CAs that could all have issued each other. Of three, the ways are listed
// but not all tried; of seven, not even listed.
TEST(PkixTest, ChainBombIsRefusedWithinTheBudget) {
  const auto root = Issue(Root());
  const auto stranger = Issue(Root());
  for (const int authorities : {3, 7}) {
    std::vector<Bytes> ders = {Issue(Leaf(), &stranger).der};
    for (int i = 0; i < authorities; ++i) {
      ders.push_back(Issue(Root(), &stranger).der);
    }
    for (int i = 0; i < 200; ++i) ders.push_back(ders[1]);
    const ParsedChain chain(CertificateChain::FromDer(ders));
    const auto trust = Trusting({&root});
    const auto ways = ListPaths(chain, chain.size(), trust.roots());
    EXPECT_EQ(ways.truncated, authorities == 7);
    EXPECT_LE(ways.paths.size(), PathCandidates::kMaxSteps);
    SignatureBudget budget;
    const PathSearch search{.anchors = trust.roots(), .at = kTestNow};
    EXPECT_FALSE(FindPath(chain, search, budget).valid());
    EXPECT_TRUE(budget.exhausted()) << authorities;
  }
}

// B8: who made the certificate wrote the name, too.
TEST(PkixTest, NameOfAMissingIssuerIsSaidInPlainCharacters) {
  const auto root = Issue({.subject = "Root\n\x1b[31m\"", .ca = true});
  const auto leaf = Issue(Leaf(), &root);
  const std::string why = Why(ChainOf({&leaf}), TrustStore());
  EXPECT_TRUE(Says(why, "CN=Root")) << why;
  EXPECT_EQ(why.find('\n'), std::string::npos);
  EXPECT_EQ(why.find('\x1b'), std::string::npos);
}

TEST(PkixTest, LeafThatNoParserReadsIsRefused) {
  const auto root = Issue(Root());
  const std::vector<Bytes> garbage = {{0x30, 0x03, 0x02, 0x01, 0x00}};
  EXPECT_NE(Why(CertificateChain::FromDer(garbage), Trusting({&root})), "");
}

TEST(PkixTest, UnreadableIntermediateIsSkipped) {
  const auto root = Issue(Root());
  const auto leaf = Issue(Leaf(), &root);
  const std::vector<Bytes> chain = {leaf.der, {0x30, 0x00}, Octets("junk")};
  EXPECT_EQ(Why(CertificateChain::FromDer(chain), Trusting({&root})), "");
}

TEST(TrustStoreTest, ReadsEveryCertificateOfTheFile) {
  const auto first = Issue(Root());
  const auto second = Issue({.subject = "Second", .ca = true});
  const auto leaf = Issue(Leaf(), &second);
  EXPECT_EQ(Why(ChainOf({&leaf}), Trusting({&first, &second, &first})), "");
}

TEST(TrustStoreTest, FileWithoutCertificatesIsAnError) {
  const auto root = Issue(Root());
  for (const std::string& pem :
       {std::string(), std::string("hello"), root.KeyToPem()}) {
    const auto trust = TrustStore::FromPem(pem);
    ASSERT_FALSE(trust.ok());
    EXPECT_FALSE(trust.error().empty());
  }
}

}  // namespace
}  // namespace danegate::test
