#include "proxy/shard/backend_trust.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/support/test_certificates.h"
#include "tests/verifier/path_orders.h"

namespace danegate::test {
namespace {

using namespace std::chrono_literals;

class BackendTrustTest : public testing::Test {
 protected:
  std::string Why(const CertificateChain& chain, const TrustStore& trust,
                  std::string_view name = "a.example") {
    return judge.WhyUntrusted(chain, trust, *Domain::Parse(name), now);
  }

  const TestCertificate root = Issue(Root());
  const TestCertificate leaf = Issue(Leaf(), &root);
  BackendTrust judge;
  Now now{Instant(1h), kTestNow};
};

TEST_F(BackendTrustTest, RemembersWhatIsGoodForAMinute) {
  const auto chain = ChainOf({&leaf});
  const auto trust = Trusting({&root});
  EXPECT_EQ(Why(chain, trust), "");
  now.wall.seconds += 365 * kDay;  // long expired, and not looked at
  EXPECT_EQ(Why(chain, trust), "");
  now.monotonic = now.monotonic + BackendTrust::kHold;
  EXPECT_NE(Why(chain, trust), "");
  EXPECT_NE(Why(chain, trust), "");
}

TEST_F(BackendTrustTest, RemembersNothingForAnotherQuestion) {
  const auto chain = ChainOf({&leaf});
  const auto trust = Trusting({&root});
  EXPECT_EQ(Why(chain, trust), "");
  EXPECT_NE(Why(chain, trust, "b.example"), "");
  const auto other_root = Issue(Root());
  EXPECT_NE(Why(chain, Trusting({&other_root})), "");
  const auto other_leaf = Issue(Leaf(), &other_root);
  EXPECT_NE(Why(ChainOf({&other_leaf}), trust), "");
}

TEST_F(BackendTrustTest, RemembersNothingBad) {
  const auto other_root = Issue(Root());
  const auto chain = ChainOf({&leaf});
  EXPECT_NE(Why(chain, Trusting({&other_root})), "");
  EXPECT_EQ(Why(chain, Trusting({&other_root, &root})), "");
}

}  // namespace
}  // namespace danegate::test
