// Trust anchors named by TLSA usages 0 and 2, where a chain offers several ways
// or the anchor is a bare key (D-43 to D-46, attack B8).
#include <gtest/gtest.h>
#include <openssl/sha.h>

#include <vector>

#include "tests/support/test_certificates.h"
#include "tests/verifier/path_orders.h"
#include "verifier/tlsa.h"

namespace danegate::test {
namespace {

using Kind = TlsaMatch::Kind;

// The record `usage selector 1`.
TlsaRecord Digest(int usage, int selector, const TestCertificate& of) {
  const Bytes data = selector == 0 ? of.der : of.Spki();
  TlsaRecord record{static_cast<std::uint8_t>(usage),
                    static_cast<std::uint8_t>(selector), 1,
                    Bytes(SHA256_DIGEST_LENGTH)};
  SHA256(data.data(), data.size(), record.data.data());
  return record;
}

TlsaMatch Match(const CertificateChain& chain, const TlsaRecord& record,
                const TrustStore& trust = TrustStore()) {
  const std::vector<Domain> names = {*Domain::Parse("a.example")};
  return MatchTlsa(chain, std::span(&record, 1), names, trust, kTestNow);
}

void ExpectDaneTa(const CertificateChain& chain, const TestCertificate& anchor,
                  Kind kind) {
  for (const int selector : {0, 1}) {
    const auto match = Match(chain, Digest(2, selector, anchor));
    EXPECT_EQ(match.kind, kind) << selector << ": " << match.detail;
  }
}

// RFC 7671 section 5.1: the key may get a new certificate, the record stays.
TEST(TlsaAnchorTest, RecordOfAKeyOutlivesItsCertificate) {
  const auto old_leaf = Issue({});
  const auto renewed = Issue({.key = old_leaf.key.get()});
  const auto chain = ChainOf({&renewed});
  EXPECT_EQ(Match(chain, Digest(3, 1, old_leaf)).kind, Kind::kMatch);
  EXPECT_EQ(Match(chain, Digest(3, 0, old_leaf)).kind, Kind::kNoMatch);
}

// D-43
TEST(TlsaAnchorTest, AnchorIsFoundInAnyPlaceOfTheChain) {
  const auto root = Issue(Root());
  const auto intermediate = Issue(Intermediate(), &root);
  const auto leaf = Issue(Leaf(), &intermediate);
  const auto stranger = Issue({.subject = "Stranger", .ca = true});
  const auto chain = ChainOf({&leaf, &stranger, &root, &intermediate});
  ExpectDaneTa(chain, root, Kind::kMatch);
  ExpectDaneTa(chain, intermediate, Kind::kMatch);
  ExpectDaneTa(chain, stranger, Kind::kNoMatch);
}

// D-43
TEST(TlsaAnchorTest, AnchorIsReachedPastAnExpiredTwinOfAnIntermediate) {
  const auto root = Issue(Root());
  const auto good = Issue(Intermediate(), &root);
  auto order = Intermediate();
  order.key = good.key.get();
  order.not_after = UnixTime{kTestNow.seconds - 1};
  const auto expired = Issue(order, &root);
  const auto leaf = Issue(Leaf(), &good);
  ExpectDaneTa(ChainOf({&leaf, &expired, &good, &root}), root, Kind::kMatch);
  ExpectDaneTa(ChainOf({&leaf, &expired, &root}), root, Kind::kNoMatch);
}

// D-44: the certificate right below a bare key is judged like every other.
TEST(TlsaAnchorTest, CertificateRightBelowABareKeyKeepsTheRules) {
  const auto root = Issue(Root());
  auto limited = Intermediate();
  limited.path_length = 0;
  auto critical = Intermediate();
  critical.extensions = {{"1.2.3.4", {0x05, 0x00}, true}};
  auto no_ca = Intermediate();
  no_ca.ca = false;
  auto sha1 = Intermediate();
  sha1.sign_with_sha1 = true;
  for (const CertificateOrder& order : {limited, critical, no_ca, sha1}) {
    const auto upper = Issue(order, &root);
    const auto lower = Issue({.subject = "Lower", .ca = true}, &upper);
    const auto leaf = Issue(Leaf(), &lower);
    const auto match =
        Match(ChainOf({&leaf, &lower, &upper, &root}), Digest(2, 1, root));
    EXPECT_EQ(match.reason, Reason::kUntrustedPath) << match.detail;
  }
}

// D-44: and so is a leaf.
TEST(TlsaAnchorTest, LeafRightBelowABareKeyKeepsTheRules) {
  const auto root = Issue(Root());
  auto ca = Leaf();
  ca.ca = true;
  auto critical = Leaf();
  critical.extensions = {{"1.2.3.4", {0x05, 0x00}, true}};
  auto sha1 = Leaf();
  sha1.sign_with_sha1 = true;
  auto purpose = Leaf();
  purpose.extended_key_usage = {"clientAuth"};
  for (const CertificateOrder& order : {ca, critical, sha1, purpose}) {
    const auto leaf = Issue(order, &root);
    ExpectDaneTa(ChainOf({&leaf, &root}), root, Kind::kNoMatch);
  }
  const auto leaf = Issue(Leaf(), &root);
  ExpectDaneTa(ChainOf({&leaf, &root}), root, Kind::kMatch);
}

// D-46: a root need not be sent, it is in the store.
TEST(TlsaAnchorTest, PkixTaMatchesARootOfTheStore) {
  const auto root = Issue(Root());
  const auto leaf = Issue(Leaf(), &root);
  const auto match =
      Match(ChainOf({&leaf}), Digest(0, 0, root), Trusting({&root}));
  EXPECT_EQ(match.kind, Kind::kMatch) << match.detail;
}

// D-46: a root that another has signed, too, as CAs do for old devices. The
// near one ends the path; the record names the far one.
TEST(TlsaAnchorTest, PkixTaGoesOnThroughACrossSignedRoot) {
  const auto far = Issue({.subject = "Far", .ca = true});
  const auto near = Issue(Root());
  auto order = Root();
  order.key = near.key.get();
  const auto crossed = Issue(order, &far);
  const auto leaf = Issue(Leaf(), &near);
  const auto trust = Trusting({&near, &far});
  for (const TestCertificate* named : {&near, &crossed, &far}) {
    const auto match =
        Match(ChainOf({&leaf, &crossed}), Digest(0, 0, *named), trust);
    EXPECT_EQ(match.kind, Kind::kMatch) << match.detail;
  }
}

// B8: seven CAs that may all have issued each other, none of them the leaf.
TEST(TlsaAnchorTest, ChainBombEndsWithTheBudget) {
  const auto root = Issue(Root());
  const auto forger = Issue(Root());
  std::vector<Bytes> chain = {Issue(Leaf(), &forger).der};
  for (int i = 0; i < 6; ++i) chain.push_back(Issue(Root(), &forger).der);
  chain.push_back(root.der);
  const auto bomb = CertificateChain::FromDer(chain);
  const auto match = Match(bomb, Digest(2, 0, root));
  EXPECT_EQ(match.kind, Kind::kNoMatch);
  EXPECT_EQ(match.reason, Reason::kBudgetExhausted) << match.detail;
}

// B8, D-22: no way leads to this anchor, but not all were looked at.
TEST(TlsaAnchorTest, WaysThatNobodyListedAreNoMismatch) {
  const auto forger = Issue(Root());
  const auto stranger = Issue({.subject = "Stranger", .ca = true});
  std::vector<Bytes> chain = {Issue(Leaf(), &forger).der};
  for (int i = 0; i < 6; ++i) chain.push_back(Issue(Root(), &forger).der);
  chain.push_back(stranger.der);
  const auto match =
      Match(CertificateChain::FromDer(chain), Digest(2, 0, stranger));
  EXPECT_EQ(match.reason, Reason::kBudgetExhausted) << match.detail;
}

}  // namespace
}  // namespace danegate::test
