// A peer, its DNS in a table and its certificate: one verification at a time,
// in fake time.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

#include "tests/support/fake_dns.h"
#include "tests/support/test_certificates.h"
#include "verifier/dane/suggested_record.h"
#include "verifier/pkix.h"
#include "verifier/verification.h"

namespace danegate::test {

using std::chrono::seconds;

inline constexpr Now kStart{Instant{std::chrono::hours(1)}, kTestNow};
inline constexpr char kMxOwner[] = "_5269._tcp.mx.peer.example";

class VerificationTest : public testing::Test {
 protected:
  VerificationTest() : chain_(ChainOf({&leaf_})) {
    own_ = SuggestedTlsa(chain_);
    const auto other = Issue({});
    foreign_ = SuggestedTlsa(ChainOf({&other}));
  }

  // A peer with one target, signed through and through.
  void SetUpPeer() {
    dns_.Srv("peer.example", 10, 5269, "mx.peer.example");
    dns_.Address("mx.peer.example");
  }
  const Verdict& Run() {
    verification_.emplace(ClaimedDomain{*Domain::Parse("peer.example")}, chain_,
                          VerificationRules{.trust = &trust_}, kStart);
    return dns_.Run(*verification_, kStart);
  }
  void Expect(Outcome outcome, Reason reason) {
    const Verdict& verdict = Run();
    EXPECT_EQ(ToString(verdict.outcome()), ToString(outcome));
    EXPECT_EQ(ToString(verdict.reason()), ToString(reason)) << verdict.remedy;
    EXPECT_EQ(verdict.remedy.empty(), outcome == Outcome::kProved);
  }
  seconds Lifetime() {
    return std::chrono::duration_cast<seconds>(
        verification_->verdict()->expires - kStart.monotonic);
  }

  const TestCertificate leaf_ = Issue({});
  CertificateChain chain_;
  std::string own_, foreign_;  // "3 1 1 …" of our leaf, and of another
  const TrustStore trust_;
  FakeDns dns_;
  std::optional<Verification> verification_;
};

}  // namespace danegate::test
