#include "proxy/shard/dial_quota.h"

#include "verifier/check.h"

namespace danegate {

std::string DialQuota::Acquire(const Domain& from, const Domain& to,
                               const std::string& network, Instant now) {
  if (pairs_.contains({from, to})) {
    return "a key of " + from.ascii() + " for " + to.ascii() +
           " is being verified on another stream; try again in a few seconds";
  }
  if (pairs_.size() >= kMaxAtATime) {
    return "too many keys are being verified at this moment; try again in a "
           "few "
           "seconds";
  }
  if (!of_network_.Take(network, now)) {
    return "too many keys came from " + network +
           " of late; try again in a minute";
  }
  if (!of_domain_.Take(from.ascii(), now)) {
    return "too many keys of " + from.ascii() +
           " came of late; try again in a minute";
  }
  pairs_.insert({from, to});
  return "";
}

void DialQuota::Release(const Domain& from, const Domain& to) {
  DANEGATE_CHECK(pairs_.erase({from, to}) == 1);
}

}  // namespace danegate
