// Chains against TLSA records: usage 3, and sets of records (C4, D-42, D-50
// to D-52).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/test_certificates.h"
#include "tests/verifier/tlsa_case.h"

namespace danegate::test {
namespace {

TEST_F(TlsaMatchTest, D42DaneEeMatchesTheLeafByEverySelectorAndDigest) {
  for (const auto selector : Numbers{0, 1}) {
    for (const auto matching : Numbers{0, 1, 2}) {
      const auto record = Naming(leaf_, 3, selector, matching);
      const auto match = Case{Whole(), {record}}.Match();
      ExpectMatch(match, Prooftype::kDaneEe);
      EXPECT_EQ(match.record, record);
      EXPECT_EQ(match.matched_name, "");
      EXPECT_EQ(match.not_after, UnixTime::Never());
    }
  }
}

TEST_F(TlsaMatchTest, D42DaneEeLooksAtNothingButTheMatch) {
  const std::vector<CertificateOrder> orders = {
      {.names = {DnsName("other.example")}},
      {.names = {}},
      {.ca = true},
      {.extended_key_usage = {"clientAuth"}},
      {.not_after = UnixTime{kTestNow.seconds - 1}},
      {.not_before = UnixTime{kTestNow.seconds + kDay}},
      {.extensions = {{"1.2.3.4", {0x05, 0x00}, true}}},
      {.sign_with_sha1 = true},
      {.key_kind = {.rsa_bits = 1024}},
  };
  for (const CertificateOrder& order : orders) {
    const auto leaf = Issue(order);
    const auto match = Case{ChainOf({&leaf}), {Naming(leaf, 3, 1, 1)}}.Match();
    ExpectMatch(match, Prooftype::kDaneEe);
  }
}

TEST_F(TlsaMatchTest, D42DaneEeMatchesALeafThatNoParserTakes) {
  auto leaf = Issue({});
  leaf.der.back() ^= 1;  // the signature
  ExpectMatch(Case{ChainOf({&leaf}), {Naming(leaf, 3, 0, 1)}}.Match(),
              Prooftype::kDaneEe);
  const Bytes nonsense = {0x30, 0x03, 0x02, 0x01, 0x00};
  ExpectMatch(Case{CertificateChain::FromDer(std::vector<Bytes>{nonsense}),
                   {{3, 0, 1, Digest(nonsense, 1)}}}
                  .Match(),
              Prooftype::kDaneEe);
}

TEST_F(TlsaMatchTest, D42DaneEeNeverMatchesAnotherCertificateOfTheChain) {
  for (const TestCertificate* other : {&intermediate_, &root_}) {
    ExpectNoMatch(Case{Whole(), {Naming(*other, 3, 1, 1)}}.Match(),
                  Reason::kNoMatch, "3 1 1 does not match the leaf");
  }
}

TEST_F(TlsaMatchTest, D52ADigestThatIsOneBitOffMatchesNothing) {
  const auto trust = [&] { return Trusting({&root_}); };
  for (const auto usage : Numbers{0, 1, 2, 3}) {
    for (const auto selector : Numbers{0, 1}) {
      for (const auto matching : Numbers{1, 2}) {
        const auto& named = usage == 1 || usage == 3 ? leaf_ : root_;
        const auto record = Naming(named, usage, selector, matching);
        EXPECT_EQ((Case{Whole(), {record}, trust()}.Match().kind),
                  Kind::kMatch);
        ExpectNoMatch(Case{Whole(), {Broken(record)}, trust()}.Match(),
                      Reason::kNoMatch);
      }
    }
  }
}

TEST_F(TlsaMatchTest, D50WithoutAUsableRecordItIsUnusable) {
  const auto none = Case{Whole(), {}}.Match();
  EXPECT_EQ(none.kind, Kind::kUnusable);
  EXPECT_EQ(none.reason, Reason::kAllUnusable);
  auto short_digest = Naming(leaf_, 3, 1, 1);
  short_digest.data.pop_back();
  const auto match =
      Case{Whole(), {{3, 1, 9, Bytes(32)}, short_digest}}.Match();
  EXPECT_EQ(match.kind, Kind::kUnusable);
  EXPECT_NE(match.detail.find("matching type 9"), std::string::npos);
}

TEST_F(TlsaMatchTest, D52OneUsableRecordIsEnoughToDisprove) {
  ExpectNoMatch(Case{Whole(),
                     {{3, 1, 9, Bytes(32)}, {3, 1, 1, Bytes(32)}},
                     Trusting({&root_})}
                    .Match(),
                Reason::kNoMatch);
}

TEST_F(TlsaMatchTest, D51TheStrongestDigestDecides) {
  const auto good256 = Naming(leaf_, 3, 1, 1);
  const auto good512 = Naming(leaf_, 3, 1, 2);
  const auto full = Naming(leaf_, 3, 1, 0);
  struct Row {
    std::vector<TlsaRecord> records;
    bool matches;
  };
  const std::vector<Row> rows = {
      {{good256}, true},  // D-41
      {{good512}, true},
      {{good256, good512}, true},
      {{good256, Broken(good512)}, false},
      {{Broken(good512), good256}, false},
      {{Broken(good256), good512}, true},
      {{full, Broken(good512)}, true},
      {{full, Broken(good256)}, true},
      // Another selector or usage is another matter.
      {{Naming(leaf_, 3, 0, 1), Broken(good512)}, true},
      {{good256, Broken(Naming(leaf_, 3, 0, 2))}, true},
      {{good256, Broken(Naming(leaf_, 2, 1, 2))}, true},
      {{good256, {3, 1, 2, Bytes(63)}}, true},  // unusable ones go first
      {{good256, Broken(good256)}, true},
      {{Naming(root_, 2, 1, 1), Broken(Naming(root_, 2, 1, 2))}, false},
  };
  for (const Row& row : rows) {
    const auto match = Case{Whole(), row.records}.Match();
    EXPECT_EQ(match.kind, row.matches ? Kind::kMatch : Kind::kNoMatch)
        << &row - rows.data() << ": " << match.detail;
  }
}

TEST_F(TlsaMatchTest, D52TheNearestFailureIsReported) {
  auto order = LeafOrder();
  order.names = {DnsName("other.example")};
  const auto leaf = Issue(order, &root_);
  ExpectNoMatch(Case{ChainOf({&leaf, &root_}),
                     {Broken(Naming(leaf, 3, 1, 1)), Naming(leaf, 1, 1, 1),
                      Naming(root_, 2, 1, 1)}}
                    .Match(),
                Reason::kWrongName);
}

TEST_F(TlsaMatchTest, D52AnyMatchIsEnoughWhereverItStands) {
  std::vector<TlsaRecord> records(50, Broken(Naming(leaf_, 3, 1, 1)));
  records.insert(records.begin() + 25, Naming(root_, 2, 0, 1));
  ExpectMatch(Case{Whole(), records}.Match(), Prooftype::kDaneTa);
}

TEST_F(TlsaMatchTest, B8ManyKeysAreNotTriedWithoutEndNorCalledAMismatch) {
  std::vector<TlsaRecord> records;
  for (int i = 0; i < 40; ++i) {
    records.push_back(Naming(Issue({}), 2, 1, 0));
  }
  ExpectNoMatch(Case{Whole(), records}.Match(), Reason::kBudgetExhausted);
  records.push_back(Naming(leaf_, 3, 1, 1));
  ExpectMatch(Case{Whole(), records}.Match(), Prooftype::kDaneEe);
}

}  // namespace
}  // namespace danegate::test
