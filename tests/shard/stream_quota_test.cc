#include "proxy/shard/stream_quota.h"

#include <gtest/gtest.h>

namespace danegate {
namespace {

Tenant TenantWith(std::string name, std::size_t streams,
                  std::size_t streams_per_peer) {
  Tenant tenant;
  tenant.name = std::move(name);
  tenant.limits.streams = streams;
  tenant.limits.streams_per_peer = streams_per_peer;
  return tenant;
}

class StreamQuotaTest : public testing::Test {
 protected:
  const Domain a_ = *Domain::Parse("a.example");
  const Domain b_ = *Domain::Parse("b.example");
  StreamQuota quota_;
};

TEST_F(StreamQuotaTest, ATenantsLimitHoldsOverItsPeers) {
  const Tenant tenant = TenantWith("acme", 2, 2);
  EXPECT_EQ(quota_.Acquire(tenant, a_), "");
  EXPECT_EQ(quota_.Acquire(tenant, b_), "");
  EXPECT_NE(quota_.Acquire(tenant, a_).find("limit of 2 inbound streams"),
            std::string::npos);
  quota_.Release("acme", b_);
  EXPECT_EQ(quota_.Acquire(tenant, a_), "");
}

TEST_F(StreamQuotaTest, APeersLimitLeavesTheOtherPeersAlone) {
  const Tenant tenant = TenantWith("acme", 10, 1);
  EXPECT_EQ(quota_.Acquire(tenant, a_), "");
  EXPECT_NE(quota_.Acquire(tenant, a_).find("limit of 1 streams"),
            std::string::npos);
  EXPECT_EQ(quota_.Acquire(tenant, b_), "");
}

TEST_F(StreamQuotaTest, L09_ATenantsLoadIsNotAnothers) {
  EXPECT_EQ(quota_.Acquire(TenantWith("acme", 1, 1), a_), "");
  EXPECT_EQ(quota_.Acquire(TenantWith("other", 1, 1), a_), "");
}

}  // namespace
}  // namespace danegate
