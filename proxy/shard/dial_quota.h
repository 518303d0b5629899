// DialQuota bounds the connections that dialback makes a shard open: whoever
// sends <db:result/> names the domain that is connected to, and must not be
// able to turn the edge against it (L-06, threats D7). Pure. Thread: one owner.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <utility>

#include "verifier/domain.h"
#include "verifier/instant.h"
#include "verifier/rate_limiter.h"

namespace danegate {

class DialQuota {
 public:
  static constexpr std::size_t kMaxAtATime = 64;
  // For one claimed domain, and for one network that peers come from.
  static constexpr unsigned kBurst = 10;
  static constexpr std::chrono::seconds kInterval{6};

  // Takes a place for a pair; the text says why there is none, empty if there
  // is. One question about a pair is under way at a time.
  std::string Acquire(const Domain& from, const Domain& to,
                      const std::string& network, Instant now);
  // REQUIRES: a place was acquired for this pair.
  void Release(const Domain& from, const Domain& to);

 private:
  std::set<std::pair<Domain, Domain>> pairs_;
  RateLimiter of_domain_{kBurst, kInterval};
  RateLimiter of_network_{kBurst, kInterval};
};

}  // namespace danegate
