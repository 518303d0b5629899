#include "proxy/shard/stream_quota.h"

#include "verifier/check.h"

namespace danegate {

std::string StreamQuota::Acquire(const Tenant& tenant, const Domain& peer) {
  Counts& counts = tenants_[tenant.name];
  if (counts.streams >= tenant.limits.streams) {
    return "this domain has reached its limit of " +
           std::to_string(tenant.limits.streams) +
           " inbound streams; try again later";
  }
  std::size_t& of_peer = counts.of_peer[peer];
  if (of_peer >= tenant.limits.streams_per_peer) {
    return "your domain has reached its limit of " +
           std::to_string(tenant.limits.streams_per_peer) +
           " streams to this domain; use those that are open";
  }
  ++counts.streams;
  ++of_peer;
  return "";
}

void StreamQuota::Release(const std::string& tenant, const Domain& peer) {
  const auto counts = tenants_.find(tenant);
  DANEGATE_CHECK(counts != tenants_.end());
  const auto of_peer = counts->second.of_peer.find(peer);
  DANEGATE_CHECK(of_peer != counts->second.of_peer.end());
  if (--of_peer->second == 0) counts->second.of_peer.erase(of_peer);
  if (--counts->second.streams == 0) tenants_.erase(counts);
}

}  // namespace danegate
