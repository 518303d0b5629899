// D2, D3: what is minted, for how long, and that others accept it.
#include "proxy/tls/edge_ca.h"

#include <gtest/gtest.h>
#include <openssl/asn1.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/test_certificates.h"
#include "tests/tls/tls_pair.h"
#include "verifier/verdict.h"

namespace danegate::test {
namespace {

// keyUsage keyCertSign.
const Extension kKeyCertSign{"2.5.29.15", {3, 2, 2, 4}, true};

CertificateOrder CaOrder() {
  CertificateOrder order;
  order.subject = "edge CA";
  order.ca = true;
  order.extensions = {kKeyCertSign};
  return order;
}

ProvenDomain Proven(std::string_view name) {
  return *Verdict(ClaimedDomain{Name(name)}, Outcome::kProved, Reason::kMatched)
              .proven();
}

UnixTime After(std::chrono::seconds time) { return kTestNow + time; }

EdgeCa Create(const TestCertificate& root) {
  auto ca = EdgeCa::Create(CredentialOf(root, ChainOf({&root})), kTestNow);
  DANEGATE_CHECK(ca.ok());
  return std::move(*ca);
}

bssl::UniquePtr<X509> Leaf(const Credential& credential) {
  return bssl::UniquePtr<X509>(
      X509_parse_from_buffer(credential.chain().buffer(0)));
}

class EdgeCaTest : public testing::Test {
 protected:
  const TestCertificate root_ = Issue(CaOrder());
  EdgeCa ca_ = Create(root_);
};

TEST_F(EdgeCaTest, MintedCertificateHasTheProfileThatBothBackendsAccept_D2) {
  const auto minted = ca_.Mint(Proven("bücher.example"), kTestNow);
  const auto leaf = Leaf(*minted);
  ASSERT_NE(leaf, nullptr);
  EXPECT_EQ(minted->chain().size(), 1u);
  EXPECT_EQ(X509_get_version(leaf.get()), X509_VERSION_3);
  EXPECT_EQ(X509_NAME_entry_count(X509_get_subject_name(leaf.get())), 0);
  EXPECT_EQ(X509_get_key_usage(leaf.get()),
            static_cast<uint32_t>(X509v3_KU_DIGITAL_SIGNATURE));
  EXPECT_EQ(X509_get_extended_key_usage(leaf.get()),
            static_cast<uint32_t>(XKU_SSL_CLIENT | XKU_SSL_SERVER));
  EXPECT_EQ(X509_check_ca(leaf.get()), 0);
  EXPECT_TRUE(X509_check_private_key(leaf.get(), minted->key()));
  EXPECT_TRUE(X509_verify(leaf.get(), root_.key.get()));
  EXPECT_EQ(minted->not_before(), UnixTime{kTestNow.seconds - 300});
  EXPECT_EQ(minted->not_after(), After(EdgeCa::kLifetime));

  const bssl::UniquePtr<GENERAL_NAMES> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(leaf.get(), NID_subject_alt_name, nullptr, nullptr)));
  ASSERT_EQ(sk_GENERAL_NAME_num(names.get()), 1u);
  int type = 0;
  const auto* text = static_cast<const ASN1_STRING*>(
      GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), 0), &type));
  EXPECT_EQ(type, GEN_DNS);
  EXPECT_EQ(std::string_view(
                reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                static_cast<std::size_t>(ASN1_STRING_length(text))),
            "xn--bcher-kva.example");
}

TEST_F(EdgeCaTest, SerialNumbersArePositiveAndDiffer) {
  const auto one = Leaf(*ca_.Mint(Proven("a.example"), kTestNow));
  const auto two = Leaf(*ca_.Mint(Proven("b.example"), kTestNow));
  const ASN1_INTEGER* a = X509_get0_serialNumber(one.get());
  const ASN1_INTEGER* b = X509_get0_serialNumber(two.get());
  EXPECT_NE(ASN1_INTEGER_cmp(a, b), 0);
  for (const ASN1_INTEGER* serial : {a, b}) {
    EXPECT_EQ(ASN1_STRING_length(serial), 16);
    EXPECT_EQ(ASN1_STRING_type(serial), V_ASN1_INTEGER);
  }
}

TEST_F(EdgeCaTest, IsHandedOutAgainUntilTwoMinutesBeforeItsEnd) {
  const auto minted = ca_.Mint(Proven("a.example"), kTestNow);
  EXPECT_EQ(ca_.Mint(Proven("a.example"), After(std::chrono::seconds(479))),
            minted);
  EXPECT_NE(ca_.Mint(Proven("b.example"), kTestNow), minted);
  const auto renewed =
      ca_.Mint(Proven("a.example"), After(std::chrono::seconds(480)));
  EXPECT_NE(renewed, minted);
  EXPECT_EQ(renewed->not_after(), After(std::chrono::seconds(1080)));
  EXPECT_EQ(ca_.Mint(Proven("a.example"), After(std::chrono::seconds(481))),
            renewed);
}

TEST_F(EdgeCaTest, AClockSetBackMintsAgain) {
  const auto minted = ca_.Mint(Proven("a.example"), kTestNow);
  EXPECT_NE(ca_.Mint(Proven("a.example"), After(std::chrono::seconds(-301))),
            minted);
}

TEST_F(EdgeCaTest, KeepsNoMoreThanItsBoundAndDropsTheLeastRecentlyUsed) {
  const auto first = ca_.Mint(Proven("first.example"), kTestNow);
  const auto second = ca_.Mint(Proven("second.example"), kTestNow);
  for (std::size_t i = 2; i < EdgeCa::kMaxKept; ++i) {
    ca_.Mint(Proven("d" + std::to_string(i) + ".example"), kTestNow);
  }
  EXPECT_EQ(ca_.Mint(Proven("first.example"), kTestNow), first);
  ca_.Mint(Proven("one-more.example"), kTestNow);
  EXPECT_EQ(ca_.Mint(Proven("first.example"), kTestNow), first);
  EXPECT_NE(ca_.Mint(Proven("second.example"), kTestNow), second);
}

TEST_F(EdgeCaTest, NeverOutlivesItsCa) {
  const UnixTime late{CaOrder().not_after.seconds - 200};
  EXPECT_EQ(ca_.Mint(Proven("a.example"), late)->not_after(),
            CaOrder().not_after);
}

struct Mistake {
  const char* name;
  CertificateOrder order;
  UnixTime at;
  const char* error;  // its beginning
};

TEST(EdgeCaCreate, SaysWhyACertificateCannotSignOthers) {
  CertificateOrder no_ca = CaOrder();
  no_ca.ca = std::nullopt;
  CertificateOrder ca_false = CaOrder();
  ca_false.ca = false;
  CertificateOrder no_sign = CaOrder();
  no_sign.extensions = {{"2.5.29.15", {3, 2, 7, 0x80}, true}};
  CertificateOrder short_rsa = CaOrder();
  short_rsa.key_kind.rsa_bits = 1024;
  const UnixTime end = CaOrder().not_after;
  const UnixTime start = CaOrder().not_before;
  const Mistake rows[] = {
      {"no CA", no_ca, kTestNow, "expected a CA certificate"},
      {"CA:FALSE", ca_false, kTestNow, "expected a CA certificate"},
      {"keyUsage", no_sign, kTestNow,
       "the CA certificate has a keyUsage without keyCertSign"},
      {"expired", CaOrder(), end + std::chrono::seconds(1),
       "the CA certificate has expired"},
      {"early", CaOrder(), UnixTime{start.seconds - 1},
       "the CA certificate is not valid yet"},
      {"key", short_rsa, kTestNow, "expected a CA key of type P-256, or RSA"},
  };
  for (const Mistake& row : rows) {
    const auto root = Issue(row.order);
    const auto ca =
        EdgeCa::Create(CredentialOf(root, ChainOf({&root})), row.at);
    ASSERT_FALSE(ca.ok()) << row.name;
    EXPECT_EQ(ca.error().substr(0, std::string_view(row.error).size()),
              row.error);
  }
}

TEST(EdgeCaCreate, IntermediatesFollowTheLeafAndRootsDoNot) {
  const auto root = Issue(CaOrder());
  CertificateOrder order = CaOrder();
  order.subject = "edge sub-CA";
  const auto sub = Issue(order, &root);
  auto ca = EdgeCa::Create(CredentialOf(sub, ChainOf({&sub, &root})), kTestNow);
  ASSERT_TRUE(ca.ok()) << ca.error();
  const auto minted = ca->Mint(Proven("a.example"), kTestNow);
  ASSERT_EQ(minted->chain().size(), 2u);
  EXPECT_EQ(Bytes(minted->chain().der(1).begin(), minted->chain().der(1).end()),
            sub.der);
}

// What a backend's OpenSSL says, at its strictest.
class OpensslTest : public testing::Test {
 protected:
  OpensslTest() { std::filesystem::create_directories(folder_); }
  ~OpensslTest() override { std::filesystem::remove_all(folder_); }

  std::string File(const std::string& name, const std::string& text) {
    const auto path = folder_ / name;
    std::ofstream(path) << text;
    return path.string();
  }
  static std::string Pem(std::span<const std::uint8_t> der) {
    return TestCertificate{Bytes(der.begin(), der.end()), nullptr, ""}.ToPem();
  }
  // Whether the minted chain verifies under `root` for `purpose` and `name`.
  bool Verifies(const TestCertificate& root, const Credential& minted,
                const std::string& purpose, const std::string& name) {
    std::string rest;
    for (std::size_t i = 1; i < minted.chain().size(); ++i) {
      rest += Pem(minted.chain().der(i));
    }
    std::string command = "openssl verify -x509_strict -purpose " + purpose +
                          " -attime " + std::to_string(kTestNow.seconds) +
                          " -verify_hostname " + name + " -CAfile " +
                          File("root.pem", root.ToPem());
    if (!rest.empty()) command += " -untrusted " + File("rest.pem", rest);
    command += " " + File("leaf.pem", Pem(minted.chain().der(0)));
    return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) /
      ("edge_ca_" + std::to_string(::getpid()));
};

CertificateOrder StrictCa(unsigned rsa_bits) {
  CertificateOrder order = CaOrder();
  order.key_kind.rsa_bits = rsa_bits;
  // subjectKeyIdentifier, which -x509_strict insists on.
  order.extensions.push_back({"2.5.29.14", Tlv(4, Bytes(20, 7)), false});
  return order;
}

TEST_F(OpensslTest, AcceptsWhatIsMintedForEveryPurposeAndNameLength) {
  const std::string longest =
      std::string(63, 'a') + '.' + std::string(63, 'b') + '.' +
      std::string(63, 'c') + '.' + std::string(53, 'd') + ".example";
  ASSERT_EQ(longest.size(), 253u);
  for (const unsigned rsa_bits : {0u, 2048u}) {
    const auto root = Issue(StrictCa(rsa_bits));
    EdgeCa ca = Create(root);
    for (const std::string& name : {std::string("peer.example"), longest}) {
      const auto minted = ca.Mint(Proven(name), kTestNow);
      EXPECT_TRUE(Verifies(root, *minted, "sslclient", name)) << rsa_bits;
      EXPECT_TRUE(Verifies(root, *minted, "sslserver", name)) << rsa_bits;
      EXPECT_FALSE(Verifies(root, *minted, "sslclient", "other.example"));
    }
  }
}

TEST_F(OpensslTest, RefusesAnExcludedDomainWhoeverMintsIt_D3) {
  CertificateOrder order = StrictCa(0);
  order.excluded_dns = {"tenant.example"};
  const auto root = Issue(order);
  EdgeCa ca = Create(root);
  const auto verifies = [&](const std::string& name) {
    return Verifies(root, *ca.Mint(Proven(name), kTestNow), "sslclient", name);
  };
  EXPECT_TRUE(verifies("peer.example"));
  EXPECT_FALSE(verifies("tenant.example"));
  EXPECT_FALSE(verifies("conference.tenant.example"));
}

TEST_F(OpensslTest, BuildsThePathThroughAnIntermediate) {
  CertificateOrder root_order = StrictCa(0);
  const auto root = Issue(root_order);
  CertificateOrder order = StrictCa(0);
  order.subject = "edge sub-CA";
  order.extensions.back().value = Tlv(4, Bytes(20, 8));
  // authorityKeyIdentifier: the root's.
  order.extensions.push_back(
      {"2.5.29.35", Tlv(0x30, Tlv(0x80, Bytes(20, 7))), false});
  const auto sub = Issue(order, &root);
  auto ca = EdgeCa::Create(CredentialOf(sub, ChainOf({&sub, &root})), kTestNow);
  ASSERT_TRUE(ca.ok());
  const auto minted = ca->Mint(Proven("peer.example"), kTestNow);
  EXPECT_TRUE(Verifies(root, *minted, "sslclient", "peer.example"));
}

// The whole hand-off in TLS: a server that trusts the CA sees the peer's name.
TEST_F(EdgeCaTest, MintedCredentialWorksInAHandshake) {
  const ServerContext server_context(Serve(SelfSigned("backend.example")));
  const ClientContext client_context;
  auto server = TlsEngine::Accept(server_context, std::nullopt, false);
  const auto minted = ca_.Mint(Proven("peer.example"), kTestNow);
  auto client = TlsEngine::Connect(client_context, minted,
                                   Name("backend.example"), false);
  Shuttle(client, server);
  ASSERT_EQ(server.state(), TlsEngine::State::kOpen) << server.error();
  EXPECT_EQ(server.peer_chain().LeafDigest(), minted->chain().LeafDigest());
}

}  // namespace
}  // namespace danegate::test
