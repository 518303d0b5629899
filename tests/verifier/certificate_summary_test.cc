// What a certificate says, as text for people.
#include "verifier/x509/certificate_summary.h"

#include <gtest/gtest.h>

#include "tests/support/test_certificates.h"
#include "verifier/x509/presented_identity.h"

namespace danegate::test {
namespace {

using Names = std::vector<std::string>;

TEST(CertificateSummary, TellsWhoWhoseAndHowLong) {
  const auto root = Issue({.subject = "Root", .ca = true});
  const auto leaf =
      Issue({.subject = "peer",
             .names = {DnsName("*.peer.example"), EmailName("a@b.example"),
                       SrvName("_xmpp-server.peer.example"),
                       XmppAddr("peer.example")}},
            &root);
  const auto summary = CertificateSummary::Of(leaf.der);
  EXPECT_TRUE(summary.readable);
  EXPECT_EQ(summary.subject, "CN=peer");
  EXPECT_EQ(summary.issuer, "CN=Root");
  EXPECT_EQ(summary.names,
            (Names{"DNS:*.peer.example", "SRV:_xmpp-server.peer.example",
                   "XMPP:peer.example"}));
  EXPECT_EQ(summary.not_before.seconds, kTestNow.seconds - kDay);
  EXPECT_EQ(summary.not_after.seconds, kTestNow.seconds + 30 * kDay);
  EXPECT_EQ(summary.key, "EC P-256");
  EXPECT_EQ(summary.digest.size(), 64u);
  EXPECT_NE(summary.digest, summary.key_digest);
}

TEST(CertificateSummary, TellsTheSizeOfAnRsaKey) {
  const auto leaf = Issue({.key_kind = {.rsa_bits = 2048}});
  EXPECT_EQ(CertificateSummary::Of(leaf.der).key, "RSA 2048");
}

TEST(CertificateSummary, WhatIsNoCertificateIsNotReadableAndHasADigest) {
  const auto summary = CertificateSummary::Of(Octets("nothing"));
  EXPECT_FALSE(summary.readable);
  EXPECT_EQ(summary.subject, "");
  EXPECT_EQ(summary.names, Names{});
  EXPECT_EQ(summary.digest.size(), 64u);
  EXPECT_EQ(summary.key_digest, "");
}

TEST(CertificateSummary, ThousandsOfNamesAreCutShort) {
  std::vector<Bytes> names(1000, DnsName("a.example"));
  const auto leaf = Issue({.names = names});
  EXPECT_EQ(CertificateSummary::Of(leaf.der).names.size(), kMaxPresentedNames);
}

}  // namespace
}  // namespace danegate::test
