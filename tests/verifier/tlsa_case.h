// Cases for the TLSA tests: a chain, the records it is compared with, and what
// has to come of it.
#pragma once

#include <gtest/gtest.h>
#include <openssl/sha.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "tests/support/test_certificates.h"
#include "tests/verifier/path_orders.h"
#include "verifier/pkix.h"
#include "verifier/tlsa.h"

namespace danegate::test {

using Kind = TlsaMatch::Kind;
using Numbers = std::initializer_list<std::uint8_t>;

inline Bytes Digest(const Bytes& data, std::uint8_t matching) {
  if (matching == 0) return data;
  Bytes digest(matching == 1 ? SHA256_DIGEST_LENGTH : SHA512_DIGEST_LENGTH);
  if (matching == 1) {
    SHA256(data.data(), data.size(), digest.data());
  } else {
    SHA512(data.data(), data.size(), digest.data());
  }
  return digest;
}

// The record with these numbers that names this certificate.
inline TlsaRecord Naming(const TestCertificate& certificate, std::uint8_t usage,
                         std::uint8_t selector, std::uint8_t matching) {
  const Bytes selected = selector == 0 ? certificate.der : certificate.Spki();
  return {usage, selector, matching, Digest(selected, matching)};
}

inline TlsaRecord Broken(TlsaRecord record) {
  record.data.back() ^= 1;
  return record;
}

inline Domain Name(const std::string& text) { return *Domain::Parse(text); }

// What is compared with what. The names are those of RFC 7673: the service and
// its target.
struct Case {
  CertificateChain chain;
  std::vector<TlsaRecord> records;
  TrustStore trust{};
  std::vector<Domain> names = {Name("peer.example"), Name("mx.peer.example")};
  UnixTime at = kTestNow;

  TlsaMatch Match() const {
    return MatchTlsa(chain, records, names, trust, at);
  }
};

inline void ExpectNoMatch(const TlsaMatch& match, Reason reason,
                          const std::string& said = "") {
  EXPECT_EQ(match.kind, Kind::kNoMatch) << match.detail;
  EXPECT_EQ(ToString(match.reason), ToString(reason)) << match.detail;
  EXPECT_NE(match.detail.find(said), std::string::npos) << match.detail;
}

inline void ExpectMatch(const TlsaMatch& match, Prooftype prooftype) {
  EXPECT_EQ(match.kind, Kind::kMatch) << match.detail;
  EXPECT_EQ(match.reason, Reason::kMatched) << match.detail;
  EXPECT_EQ(ToString(match.prooftype), ToString(prooftype)) << match.detail;
}

inline CertificateOrder Authority(const std::string& subject) {
  return {.subject = subject, .ca = true};
}

// root -> intermediate -> leaf for peer.example.
class TlsaMatchTest : public testing::Test {
 protected:
  CertificateChain Whole() const {
    return ChainOf({&leaf_, &intermediate_, &root_});
  }
  CertificateChain WithoutRoot() const {
    return ChainOf({&leaf_, &intermediate_});
  }
  static CertificateOrder LeafOrder() {
    return {.subject = "leaf", .names = {DnsName("peer.example")}};
  }

  const TestCertificate root_ = Issue(Authority("root"));
  const TestCertificate intermediate_ =
      Issue(Authority("intermediate"), &root_);
  const TestCertificate leaf_ = Issue(LeafOrder(), &intermediate_);
};

}  // namespace danegate::test
