// What a path must be made of: validity, constraints, purpose, strength (C-20
// to C-23, C-30 to C-33).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/test_certificates.h"
#include "tests/verifier/path_orders.h"
#include "tests/verifier/pss_certificates.h"

namespace danegate::test {
namespace {

// A leaf, made to order, right below a trusted root.
std::string WhyLeaf(const CertificateOrder& order) {
  const auto root = Issue(Root());
  const auto leaf = Issue(order, &root);
  return Why(ChainOf({&leaf}), Trusting({&root}));
}

// A good leaf below an intermediate made to order.
std::string WhyIntermediate(const CertificateOrder& order) {
  const auto root = Issue(Root());
  const auto intermediate = Issue(order, &root);
  const auto leaf = Issue(Leaf(), &intermediate);
  return Why(ChainOf({&leaf, &intermediate}), Trusting({&root}));
}

// A good leaf below a trusted root made to order.
std::string WhyRoot(const CertificateOrder& order) {
  const auto root = Issue(order);
  const auto leaf = Issue(Leaf(), &root);
  return Why(ChainOf({&leaf}), Trusting({&root}));
}

// C-22
TEST(PathRulesTest, ValidityIsThatOfEveryCertificateOfThePath) {
  const auto in_days = [](std::int64_t days) {
    return UnixTime{kTestNow.seconds + days * kDay};
  };
  auto leaf = Leaf();
  auto intermediate = Intermediate();
  auto root = Root();
  leaf.not_after = intermediate.not_after = root.not_after = in_days(-1);
  leaf.not_before = intermediate.not_before = root.not_before = in_days(-2);
  EXPECT_TRUE(Says(WhyLeaf(leaf), "expired")) << WhyLeaf(leaf);
  EXPECT_TRUE(Says(WhyIntermediate(intermediate), "expired"));
  EXPECT_TRUE(Says(WhyRoot(root), "expired"));
  leaf.not_after = intermediate.not_after = root.not_after = in_days(2);
  leaf.not_before = intermediate.not_before = root.not_before = in_days(1);
  EXPECT_TRUE(Says(WhyLeaf(leaf), "not yet valid"));
  EXPECT_TRUE(Says(WhyIntermediate(intermediate), "not yet valid"));
  EXPECT_TRUE(Says(WhyRoot(root), "not yet valid"));
}

// C-20: public CAs drop the name.
TEST(PathRulesTest, EmptySubjectIsAccepted) {
  auto order = Leaf();
  order.subject = "";
  order.names.clear();
  order.extensions = {{"2.5.29.17", Tlv(0x30, DnsName("a.example")), true}};
  EXPECT_EQ(WhyLeaf(order), "");
}

// C-20
TEST(PathRulesTest, LeafThatIsACaIsRefused) {
  auto order = Leaf();
  order.ca = true;
  EXPECT_TRUE(Says(WhyLeaf(order), "CA")) << WhyLeaf(order);
  order.ca = false;
  EXPECT_EQ(WhyLeaf(order), "");
}

// C-22
TEST(PathRulesTest, IssuerThatIsNoCaIsRefused) {
  auto order = Intermediate();
  order.ca = false;
  EXPECT_NE(WhyIntermediate(order), "");
  order.ca = std::nullopt;
  EXPECT_NE(WhyIntermediate(order), "");
  auto root = Root();
  root.ca = std::nullopt;
  EXPECT_NE(WhyRoot(root), "");
}

// C-21, C-22. BIT STRINGs: keyCertSign, digitalSignature.
TEST(PathRulesTest, KeyUsageOfAnIssuerMustAllowToSignCertificates) {
  auto order = Intermediate();
  order.extensions = {{"2.5.29.15", {0x03, 0x02, 0x02, 0x04}, true}};
  EXPECT_EQ(WhyIntermediate(order), "");
  order.extensions = {{"2.5.29.15", {0x03, 0x02, 0x07, 0x80}, true}};
  EXPECT_NE(WhyIntermediate(order), "");
}

// C-22
TEST(PathRulesTest, PathLengthHoldsBelowIntermediatesAndRoots) {
  for (const int limit : {0, 1, 2}) {
    auto order = Root();
    order.path_length = limit;
    const auto root = Issue(order);
    const auto upper = Issue({.subject = "Upper", .ca = true}, &root);
    const auto lower = Issue({.subject = "Lower", .ca = true}, &upper);
    const auto leaf = Issue(Leaf(), &lower);
    const auto why = Why(ChainOf({&leaf, &lower, &upper}), Trusting({&root}));
    EXPECT_EQ(why.empty(), limit == 2) << why;
  }
  auto order = Intermediate();
  order.path_length = 0;
  EXPECT_EQ(WhyIntermediate(order), "");
}

Extension SubjectKeyId(std::uint8_t id) {
  return {"2.5.29.14", Tlv(0x04, {id})};
}
Extension AuthorityKeyId(std::uint8_t id) {
  return {"2.5.29.35", Tlv(0x30, Tlv(0x80, {id}))};
}

// RFC 5280 section 6.1.4 (l): a self-issued certificate does not count.
TEST(PathRulesTest, SelfIssuedIntermediateDoesNotCountForThePathLength) {
  auto order = Root();
  order.path_length = 0;
  order.extensions = {SubjectKeyId(1)};
  const auto root = Issue(order);
  order.extensions = {SubjectKeyId(2), AuthorityKeyId(1)};
  const auto rolled = Issue(order, &root);
  auto leaf_order = Leaf();
  leaf_order.extensions = {AuthorityKeyId(2)};
  const auto leaf = Issue(leaf_order, &rolled);
  EXPECT_EQ(Why(ChainOf({&leaf, &rolled}), Trusting({&root})), "");
}

// C-22
TEST(PathRulesTest, UnknownCriticalExtensionIsRefusedOnEveryCertificate) {
  const Extension unknown{"1.2.3.4", {0x05, 0x00}, true};
  auto leaf = Leaf();
  leaf.extensions = {unknown};
  EXPECT_NE(WhyLeaf(leaf), "");
  auto intermediate = Intermediate();
  intermediate.extensions = {unknown};
  EXPECT_NE(WhyIntermediate(intermediate), "");
  leaf.extensions = {{"1.2.3.4", {0x05, 0x00}, false}};
  EXPECT_EQ(WhyLeaf(leaf), "");
}

// C-22
TEST(PathRulesTest, NameConstraintsOfIntermediatesAndRootsHold) {
  struct {
    std::vector<std::string> permitted, excluded;
    bool valid;
  } const rows[] = {
      {{"a.example"}, {}, true},  {{"example"}, {}, true},
      {{"b.example"}, {}, false}, {{}, {"b.example"}, true},
      {{}, {"a.example"}, false}, {{"example"}, {"a.example"}, false},
  };
  for (const auto& row : rows) {
    auto intermediate = Intermediate();
    auto root = Root();
    intermediate.permitted_dns = root.permitted_dns = row.permitted;
    intermediate.excluded_dns = root.excluded_dns = row.excluded;
    EXPECT_EQ(WhyIntermediate(intermediate).empty(), row.valid);
    EXPECT_EQ(WhyRoot(root).empty(), row.valid);
  }
}

// C-14: constraints on DNS names bind neither XmppAddr nor SRV-ID.
TEST(PathRulesTest, UnderNameConstraintsOnlyDnsIdCounts) {
  const Bytes allowed = DnsName("x.b.example");
  for (const Bytes& name :
       {XmppAddr("a.example"), SrvName("_xmpp-server.a.example")}) {
    const auto root = Issue(Root());
    auto order = Intermediate();
    const auto free = Issue(order, &root);
    order.permitted_dns = {"b.example"};
    const auto bound = Issue(order, &root);
    auto leaf_order = Leaf();
    leaf_order.names = {allowed, name};
    const auto good = Issue(leaf_order, &free);
    const auto evil = Issue(leaf_order, &bound);
    EXPECT_EQ(Why(ChainOf({&good, &free}), Trusting({&root})), "");
    EXPECT_NE(Why(ChainOf({&evil, &bound}), Trusting({&root})), "");
  }
}

constexpr char kXmppAddrPurpose[] = "1.3.6.1.5.5.7.8.5";

// C-31, C-32, C-33, D8
TEST(PathRulesTest, PurposeIsServerAuthThroughoutThePath) {
  struct {
    std::vector<std::string> purposes;
    bool valid;
  } const rows[] = {
      {{}, true},
      {{"serverAuth"}, true},
      {{"serverAuth", "clientAuth"}, true},
      {{"any"}, true},
      {{"clientAuth", "any"}, true},
      {{"clientAuth"}, false},
      {{kXmppAddrPurpose}, false},
      {{"1.3.6.1.5.5.7.3.4"}, false},      // emailProtection
      {{"2.16.840.1.113730.4.1"}, false},  // server-gated crypto
  };
  for (const auto& row : rows) {
    auto leaf = Leaf();
    auto intermediate = Intermediate();
    leaf.extended_key_usage = row.purposes;
    intermediate.extended_key_usage = row.purposes;
    EXPECT_EQ(WhyLeaf(leaf).empty(), row.valid)
        << testing::PrintToString(row.purposes) << WhyLeaf(leaf);
    EXPECT_EQ(WhyIntermediate(intermediate).empty(), row.valid)
        << testing::PrintToString(row.purposes);
  }
}

// C-30, C-31: as public CAs issue since 2026.
TEST(PathRulesTest, ServerAuthOnlyHierarchyProvesATlsClient) {
  const auto root = Issue(Root());
  auto order = Intermediate();
  order.extended_key_usage = {"serverAuth"};
  order.path_length = 0;
  const auto intermediate = Issue(order, &root);
  auto leaf_order = Leaf();
  leaf_order.extended_key_usage = {"serverAuth"};
  leaf_order.ca = false;
  const auto leaf = Issue(leaf_order, &intermediate);
  EXPECT_EQ(Why(ChainOf({&leaf, &intermediate}), Trusting({&root})), "");
}

// C-23
TEST(PathRulesTest, WeakRsaKeyIsRefusedOnEveryCertificate) {
  const KeyKind weak{.rsa_bits = 1024};
  auto leaf = Leaf();
  auto intermediate = Intermediate();
  auto root = Root();
  leaf.key_kind = intermediate.key_kind = root.key_kind = weak;
  EXPECT_TRUE(Says(WhyLeaf(leaf), "1024")) << WhyLeaf(leaf);
  EXPECT_TRUE(Says(WhyIntermediate(intermediate), "1024"));
  EXPECT_TRUE(Says(WhyRoot(root), "1024"));
}

// C-23
TEST(PathRulesTest, RsaKeyOf2048BitsIsAccepted) {
  auto root = Root();
  root.key_kind.rsa_bits = 2048;
  EXPECT_EQ(WhyRoot(root), "");
}

// C-23
TEST(PathRulesTest, Sha1SignatureIsRefusedUnlessTheRootsOwn) {
  auto leaf = Leaf();
  auto intermediate = Intermediate();
  auto root = Root();
  leaf.sign_with_sha1 = intermediate.sign_with_sha1 = root.sign_with_sha1 =
      true;
  EXPECT_TRUE(Says(WhyLeaf(leaf), "SHA-1")) << WhyLeaf(leaf);
  EXPECT_TRUE(Says(WhyIntermediate(intermediate), "SHA-1"));
  EXPECT_EQ(WhyRoot(root), "");
}

// C-23: the name of the algorithm does not say which hash it is.
TEST(PathRulesTest, PssSignatureIsJudgedByItsHash) {
  const auto trust = *TrustStore::FromPem(kPssRoot);
  const auto chain = [](const char* pem) {
    return *CertificateChain::ParsePem(pem);
  };
  EXPECT_EQ(Why(chain(kPssSha256Leaf), trust), "");
  const std::string why = Why(chain(kPssSha1Leaf), trust);
  EXPECT_TRUE(Says(why, "SHA-1")) << why;
}

}  // namespace
}  // namespace danegate::test
