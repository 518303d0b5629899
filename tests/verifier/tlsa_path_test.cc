// Chains against TLSA records that need a path: usages 0, 1 and 2 (D-43 to
// D-47).
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/support/test_certificates.h"
#include "tests/verifier/tlsa_case.h"

namespace danegate::test {
namespace {

using TlsaPathTest = TlsaMatchTest;

TEST_F(TlsaPathTest, D43DaneTaNeedsPathAndNameButNoLocalTrust) {
  for (const TestCertificate* anchor : {&intermediate_, &root_}) {
    for (const auto selector : Numbers{0, 1}) {
      for (const auto matching : Numbers{0, 1, 2}) {
        const auto match =
            Case{Whole(), {Naming(*anchor, 2, selector, matching)}}.Match();
        ExpectMatch(match, Prooftype::kDaneTa);
        EXPECT_EQ(match.matched_name, "peer.example");  // C-06
        EXPECT_EQ(match.not_after.seconds, kTestNow.seconds + 30 * kDay);
      }
    }
  }
}

TEST_F(TlsaPathTest, D43DaneTaTakesTheTargetsNameToo) {
  const auto leaf = Issue({.names = {DnsName("MX.peer.example")}}, &root_);
  const auto match =
      Case{ChainOf({&leaf, &root_}), {Naming(root_, 2, 1, 1)}}.Match();
  ExpectMatch(match, Prooftype::kDaneTa);
  EXPECT_EQ(match.matched_name, "mx.peer.example");
}

TEST_F(TlsaPathTest, D43DaneTaRefusesAnotherName) {
  const std::vector<std::vector<Bytes>> names = {
      {},
      {DnsName("other.example")},
      {DnsName("peer.example.evil.example")},
      {SrvName("_xmpp-client.peer.example")},
      {XmppAddr("user@peer.example")}};
  for (const auto& presented : names) {
    const auto leaf = Issue({.subject = "peer.example", .names = presented},
                            &root_);  // C-13: no common name
    ExpectNoMatch(
        Case{ChainOf({&leaf, &root_}), {Naming(root_, 2, 1, 1)}}.Match(),
        Reason::kWrongName, "peer.example or mx.peer.example");
  }
}

TEST_F(TlsaPathTest, D43DaneTaLooksAtTheValidityOfLeafAndIntermediate) {
  const auto old = UnixTime{kTestNow.seconds - 1};
  auto order = LeafOrder();
  order.not_after = old;
  const auto expired = Issue(order, &root_);
  ExpectNoMatch(
      Case{ChainOf({&expired, &root_}), {Naming(root_, 2, 1, 1)}}.Match(),
      Reason::kExpired, "2027-01-15");
  ExpectNoMatch(
      Case{ChainOf({&expired, &root_}), {Naming(root_, 2, 0, 1)}}.Match(),
      Reason::kExpired);
  const auto sub =
      Issue({.subject = "sub", .ca = true, .not_after = old}, &root_);
  const auto leaf = Issue(LeafOrder(), &sub);
  ExpectNoMatch(
      Case{ChainOf({&leaf, &sub, &root_}), {Naming(root_, 2, 0, 1)}}.Match(),
      Reason::kExpired);
}

TEST_F(TlsaPathTest, D44AKeyHasNoValidityButACertificateHas) {
  const auto old = Issue(
      {.subject = "old", .ca = true, .not_after = {kTestNow.seconds - 1}});
  const auto leaf = Issue(LeafOrder(), &old);
  ExpectNoMatch(Case{ChainOf({&leaf, &old}), {Naming(old, 2, 0, 1)}}.Match(),
                Reason::kExpired);
  ExpectMatch(Case{ChainOf({&leaf, &old}), {Naming(old, 2, 1, 1)}}.Match(),
              Prooftype::kDaneTa);
}

TEST_F(TlsaPathTest, D61TheEarliestEndOfThePathCounts) {
  const UnixTime soon{kTestNow.seconds + 60};
  const auto sub =
      Issue({.subject = "sub", .ca = true, .not_after = soon}, &root_);
  const auto leaf = Issue(LeafOrder(), &sub);
  const auto match =
      Case{ChainOf({&leaf, &sub, &root_}), {Naming(root_, 2, 1, 1)}}.Match();
  EXPECT_EQ(match.not_after, soon) << match.detail;
}

TEST_F(TlsaPathTest, D44ConstraintsOfTheAnchorCountForSelectorCertOnly) {
  std::vector<CertificateOrder> anchors(3, Authority("anchor"));
  anchors[0].path_length = 0;
  anchors[1].permitted_dns = {"other.example"};
  anchors[2].excluded_dns = {"peer.example"};
  for (const CertificateOrder& order : anchors) {
    const auto anchor = Issue(order);
    const auto sub = Issue(Authority("sub"), &anchor);
    const auto leaf = Issue(LeafOrder(), &sub);
    const auto chain = ChainOf({&leaf, &sub, &anchor});
    for (const auto matching : Numbers{0, 1, 2}) {
      ExpectNoMatch(Case{chain, {Naming(anchor, 2, 0, matching)}}.Match(),
                    Reason::kUntrustedPath);
      ExpectMatch(Case{chain, {Naming(anchor, 2, 1, matching)}}.Match(),
                  Prooftype::kDaneTa);
    }
  }
}

TEST_F(TlsaPathTest, D44ConstraintsBelowTheAnchorAlwaysCount) {
  auto order = Authority("sub");
  order.permitted_dns = {"other.example"};
  const auto sub = Issue(order, &root_);
  const auto leaf = Issue(LeafOrder(), &sub);
  for (const auto selector : Numbers{0, 1}) {
    ExpectNoMatch(
        Case{ChainOf({&leaf, &sub, &root_}), {Naming(root_, 2, selector, 1)}}
            .Match(),
        Reason::kUntrustedPath);
  }
}

TEST_F(TlsaPathTest, C14OnlyDnsIdCountsUnderConstrainedAuthorities) {
  auto order = Authority("sub");
  order.permitted_dns = {"other.example"};
  const auto sub = Issue(order, &root_);
  for (const Bytes& name :
       {XmppAddr("peer.example"), SrvName("_xmpp-server.peer.example")}) {
    const auto leaf = Issue({.names = {name}}, &sub);
    ExpectNoMatch(
        Case{ChainOf({&leaf, &sub, &root_}), {Naming(root_, 2, 1, 1)}}.Match(),
        Reason::kWrongName);
    const auto free = Issue({.names = {name}}, &root_);
    ExpectMatch(
        Case{ChainOf({&free, &root_}), {Naming(root_, 2, 1, 1)}}.Match(),
        Prooftype::kDaneTa);
  }
}

TEST_F(TlsaPathTest, D45ADigestNeedsTheAnchorInTheChain) {
  for (const auto selector : Numbers{0, 1}) {
    for (const auto matching : Numbers{1, 2}) {
      ExpectNoMatch(
          Case{WithoutRoot(), {Naming(root_, 2, selector, matching)}}.Match(),
          Reason::kNoMatch, "matches no CA of the chain");
    }
  }
}

TEST_F(TlsaPathTest, D45FullDataBringsTheAnchorItself) {
  for (const auto selector : Numbers{0, 1}) {
    ExpectMatch(Case{WithoutRoot(), {Naming(root_, 2, selector, 0)}}.Match(),
                Prooftype::kDaneTa);
    ExpectMatch(Case{ChainOf({&leaf_}), {Naming(intermediate_, 2, selector, 0)}}
                    .Match(),
                Prooftype::kDaneTa);
  }
}

TEST_F(TlsaPathTest, D45FullDataOfAStrangerProvesNothing) {
  const auto stranger = Issue(Authority("root"));  // the same name
  for (const auto selector : Numbers{0, 1}) {
    for (const auto& chain : {Whole(), WithoutRoot()}) {
      ExpectNoMatch(Case{chain, {Naming(stranger, 2, selector, 0)}}.Match(),
                    Reason::kUntrustedPath);
    }
  }
}

TEST_F(TlsaPathTest, D45AForgedSignatureBelowTheAnchorIsRefused) {
  const auto impostor = Issue(Authority("root"));
  const auto forged = Issue(LeafOrder(), &impostor);  // claims the same issuer
  for (const auto selector : Numbers{0, 1}) {
    for (const auto matching : Numbers{0, 1, 2}) {
      ExpectNoMatch(Case{ChainOf({&forged, &root_}),
                         {Naming(root_, 2, selector, matching)}}
                        .Match(),
                    Reason::kUntrustedPath);
    }
  }
}

TEST_F(TlsaPathTest, D45TheLeafIsNoAuthorityOverItself) {
  const auto self = Issue(LeafOrder());
  for (const auto& chain : {ChainOf({&self}), ChainOf({&self, &self})}) {
    for (const auto matching : Numbers{0, 1, 2}) {
      ExpectNoMatch(Case{chain, {Naming(self, 2, 0, matching)}}.Match(),
                    Reason::kNoMatch);
    }
    for (const auto matching : Numbers{1, 2}) {
      ExpectNoMatch(Case{chain, {Naming(self, 2, 1, matching)}}.Match(),
                    Reason::kNoMatch);
    }
  }
}

// A whole key is an anchor that needs no certificate, and this one has signed
// the leaf: a path like any other, so with the name and the dates that usage 3
// would not ask for.
TEST_F(TlsaPathTest, D45AWholeKeyIsAnAuthorityEvenIfItIsTheLeafsOwn) {
  const auto self = Issue(LeafOrder());
  for (const auto& chain : {ChainOf({&self}), ChainOf({&self, &self})}) {
    ExpectMatch(Case{chain, {Naming(self, 2, 1, 0)}}.Match(),
                Prooftype::kDaneTa);
  }
  const auto other = Issue({.names = {DnsName("other.example")}});
  ExpectNoMatch(Case{ChainOf({&other}), {Naming(other, 2, 1, 0)}}.Match(),
                Reason::kWrongName);
  auto order = LeafOrder();
  order.not_after = UnixTime{kTestNow.seconds - 1};
  const auto old = Issue(order);
  ExpectNoMatch(Case{ChainOf({&old}), {Naming(old, 2, 1, 0)}}.Match(),
                Reason::kExpired);
}

TEST_F(TlsaPathTest, D43ASecondAnchorWithTheSameKeyIsTriedToo) {
  // Cross-signed: one key, two certificates, the first of them expired.
  auto order = Authority("cross");
  order.not_after = UnixTime{kTestNow.seconds - 1};
  const auto expired = Issue(order);
  order = Authority("cross");
  order.key = expired.key.get();
  const auto current = Issue(order);
  const auto leaf = Issue(LeafOrder(), &current);
  ExpectMatch(
      Case{ChainOf({&leaf, &expired, &current}), {Naming(current, 2, 0, 1)}}
          .Match(),
      Prooftype::kDaneTa);
  ExpectMatch(
      Case{ChainOf({&leaf, &expired, &current}), {Naming(current, 2, 1, 1)}}
          .Match(),
      Prooftype::kDaneTa);
}

TEST_F(TlsaPathTest, D47PkixEeNeedsTheMatchAndTheWholeOfPkix) {
  const auto record = Naming(leaf_, 1, 1, 1);
  const auto match = Case{WithoutRoot(), {record}, Trusting({&root_})}.Match();
  ExpectMatch(match, Prooftype::kPkixEe);
  EXPECT_EQ(match.matched_name, "peer.example");
  EXPECT_EQ(match.not_after.seconds, kTestNow.seconds + 30 * kDay);

  ExpectNoMatch(Case{WithoutRoot(), {record}}.Match(), Reason::kUntrustedPath);
  ExpectNoMatch(
      Case{WithoutRoot(), {Broken(record)}, Trusting({&root_})}.Match(),
      Reason::kNoMatch);
  Case later{WithoutRoot(), {record}, Trusting({&root_})};
  later.at = UnixTime{kTestNow.seconds + 40 * kDay};
  ExpectNoMatch(later.Match(), Reason::kExpired);
  Case other{WithoutRoot(), {record}, Trusting({&root_})};
  other.names = {Name("other.example")};
  ExpectNoMatch(other.Match(), Reason::kWrongName, "other.example");
}

TEST_F(TlsaPathTest, D46PkixTaMatchesAnyAuthorityOfATrustedPath) {
  for (const TestCertificate* authority : {&intermediate_, &root_}) {
    for (const auto selector : Numbers{0, 1}) {
      const auto record = Naming(*authority, 0, selector, 1);
      ExpectMatch(Case{WithoutRoot(), {record}, Trusting({&root_})}.Match(),
                  Prooftype::kPkixTa);
      ExpectNoMatch(Case{Whole(), {record}}.Match(), Reason::kUntrustedPath);
    }
  }
  ExpectNoMatch(
      Case{Whole(), {Naming(leaf_, 0, 1, 1)}, Trusting({&root_})}.Match(),
      Reason::kNoMatch);
}

TEST_F(TlsaPathTest, D46TheRecordMayNameACaAboveTheTrustedOne) {
  const auto record = Naming(root_, 0, 0, 1);
  ExpectMatch(Case{Whole(), {record}, Trusting({&intermediate_})}.Match(),
              Prooftype::kPkixTa);
  ExpectNoMatch(
      Case{WithoutRoot(), {record}, Trusting({&intermediate_})}.Match(),
      Reason::kNoMatch);
}

TEST_F(TlsaPathTest, D46ACaBesideThePathIsNotOnIt) {
  const auto stranger = Issue(Authority("root"));
  ExpectNoMatch(Case{ChainOf({&leaf_, &intermediate_, &stranger}),
                     {Naming(stranger, 0, 0, 1)},
                     Trusting({&root_})}
                    .Match(),
                Reason::kUntrustedPath, "not on the leaf's path");
}

TEST_F(TlsaPathTest, C32ALeafForClientsOnlyIsRefusedInUsages0To2) {
  for (const auto& [purposes, good] :
       std::vector<std::pair<std::vector<std::string>, bool>>{
           {{"clientAuth"}, false},
           {{"1.3.6.1.5.5.7.8.5"}, false},  // id-on-xmppAddr alone (C-33)
           {{"serverAuth"}, true},
           {{"serverAuth", "clientAuth"}, true},
           {{"any"}, true},
           {{}, true}}) {
    auto order = LeafOrder();
    order.extended_key_usage = purposes;
    const auto leaf = Issue(order, &root_);
    const auto chain = ChainOf({&leaf, &root_});
    for (const auto& record :
         {Naming(root_, 0, 1, 1), Naming(leaf, 1, 1, 1), Naming(root_, 2, 0, 1),
          Naming(root_, 2, 1, 1)}) {
      const auto match = Case{chain, {record}, Trusting({&root_})}.Match();
      EXPECT_EQ(match.kind, good ? Kind::kMatch : Kind::kNoMatch)
          << match.detail;
    }
  }
}

TEST_F(TlsaPathTest, C23WeakKeysAndSignaturesEndAPath) {
  auto order = LeafOrder();
  order.sign_with_sha1 = true;
  const auto sha1 = Issue(order, &root_);
  order = LeafOrder();
  order.key_kind.rsa_bits = 1024;
  const auto small = Issue(order, &root_);
  for (const TestCertificate* leaf : {&sha1, &small}) {
    for (const auto selector : Numbers{0, 1}) {
      ExpectNoMatch(
          Case{ChainOf({leaf, &root_}), {Naming(root_, 2, selector, 1)}}
              .Match(),
          Reason::kUntrustedPath);
    }
  }
}

TEST_F(TlsaPathTest, C20ALeafThatIsAnAuthorityEndsAPath) {
  auto order = LeafOrder();
  order.ca = true;
  const auto leaf = Issue(order, &root_);
  for (const auto selector : Numbers{0, 1}) {
    ExpectNoMatch(
        Case{ChainOf({&leaf, &root_}), {Naming(root_, 2, selector, 1)}}.Match(),
        Reason::kUntrustedPath, "is a CA");
  }
}

TEST_F(TlsaPathTest, C20AnIntermediateThatIsNoAuthorityEndsAPath) {
  const auto plain = Issue({.subject = "plain", .ca = false}, &root_);
  const auto leaf = Issue(LeafOrder(), &plain);
  for (const auto selector : Numbers{0, 1}) {
    ExpectNoMatch(
        Case{ChainOf({&leaf, &plain, &root_}), {Naming(root_, 2, selector, 1)}}
            .Match(),
        Reason::kUntrustedPath);
    // Nor is a leaf one because a record says so.
    ExpectNoMatch(
        Case{ChainOf({&leaf, &plain, &root_}), {Naming(plain, 2, 0, 1)}}
            .Match(),
        Reason::kUntrustedPath);
  }
}

}  // namespace
}  // namespace danegate::test
