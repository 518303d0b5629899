// What is remembered of peers that were let in.
#include "verifier/verdict_memory.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/test_certificates.h"

namespace danegate {
namespace {

using std::chrono::seconds;

const Instant kStart{seconds(1000)};

class VerdictMemoryTest : public testing::Test {
 protected:
  void Remember(const CertificateChain& chain,
                Prooftype prooftype = Prooftype::kDaneEe) {
    Verdict verdict(peer_, Outcome::kProved, Reason::kMatched);
    verdict.prooftype = prooftype;
    verdict.expires = kStart + seconds(60);
    memory_.Put(verdict, chain, policy_, memory_.Begin(peer_.domain), kStart);
  }

  const test::TestCertificate leaf_ = test::Issue({});
  const test::TestCertificate other_ = test::Issue({});
  const CertificateChain chain_ = test::ChainOf({&leaf_});
  const ClaimedDomain peer_{*Domain::Parse("peer.example")};
  ProofPolicy policy_{.require = ProofRequirement::kStrong};
  VerdictMemory memory_{1024};
};

TEST_F(VerdictMemoryTest, D_62_RemembersADomainWithItsChainUnderAPolicy) {
  Remember(chain_, Prooftype::kPosh);
  const auto found = memory_.Find(peer_, chain_, policy_, kStart);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->verdict->outcome(), Outcome::kProved);
  EXPECT_EQ(found->verdict->prooftype, Prooftype::kPosh);
  EXPECT_EQ(found->verdict->claimed(), peer_.domain);
  EXPECT_FALSE(found->verdict->may_dial_back);
  EXPECT_LE(found->verdict->expires, kStart + seconds(60));
}

TEST_F(VerdictMemoryTest, C1_WhateverDiffersIsNotFound) {
  Remember(chain_);
  const ClaimedDomain stranger{*Domain::Parse("stranger.example")};
  EXPECT_FALSE(memory_.Find(stranger, chain_, policy_, kStart));
  EXPECT_FALSE(memory_.Find(peer_, test::ChainOf({&other_}), policy_, kStart));
  EXPECT_FALSE(
      memory_.Find(peer_, test::ChainOf({&leaf_, &other_}), policy_, kStart));
  EXPECT_FALSE(memory_.Find(peer_, CertificateChain(), policy_, kStart));
  policy_.posh = false;
  EXPECT_FALSE(memory_.Find(peer_, chain_, policy_, kStart));
}

TEST_F(VerdictMemoryTest, L_04_ForgetsWhenTheEvidenceEnds) {
  Remember(chain_);
  EXPECT_TRUE(memory_.Find(peer_, chain_, policy_, kStart + seconds(59)));
  EXPECT_FALSE(memory_.Find(peer_, chain_, policy_, kStart + seconds(60)));
}

// C3: nor does a verification that was under way bring it back.
TEST_F(VerdictMemoryTest, C3_ForgetsAPeerWhenToldTo) {
  const auto begun = memory_.Begin(peer_.domain);
  Remember(chain_);
  memory_.Forget(peer_.domain);
  EXPECT_FALSE(memory_.Find(peer_, chain_, policy_, kStart));
  Verdict late(peer_, Outcome::kProved, Reason::kMatched);
  late.expires = kStart + seconds(60);
  memory_.Put(late, chain_, policy_, begun, kStart);
  EXPECT_FALSE(memory_.Find(peer_, chain_, policy_, kStart));
}

TEST_F(VerdictMemoryTest, E5_ForgetsEverythingWhenTheClockHasJumped) {
  Remember(chain_);
  memory_.BumpEpoch();
  EXPECT_FALSE(memory_.Find(peer_, chain_, policy_, kStart));
}

}  // namespace
}  // namespace danegate
