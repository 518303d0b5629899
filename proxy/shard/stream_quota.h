// StreamQuota counts a shard's streams for each tenant and for each (tenant,
// peer), and refuses those over the tenant's limits (L-09: one tenant's load is
// not another's). Thread: one owner.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include "tenants/tenant.h"
#include "verifier/domain.h"

namespace danegate {

class StreamQuota {
 public:
  // Takes a place; the text says which limit is reached, empty if none is.
  std::string Acquire(const Tenant&, const Domain& peer);
  // REQUIRES: a place was acquired for this pair.
  void Release(const std::string& tenant, const Domain& peer);

 private:
  struct Counts {
    std::size_t streams = 0;
    std::unordered_map<Domain, std::size_t> of_peer;
  };
  std::unordered_map<std::string, Counts> tenants_;
};

}  // namespace danegate
