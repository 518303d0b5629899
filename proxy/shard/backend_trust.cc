#include "proxy/shard/backend_trust.h"

namespace danegate {
namespace {

std::string KeyOf(const CertificateChain& chain, const TrustStore& trust,
                  const Domain& name) {
  const Sha256 shown = chain.ChainDigest();
  const Sha256& roots = trust.digest();
  std::string key(shown.begin(), shown.end());
  key.append(roots.begin(), roots.end());
  return key + name.ascii();
}

}  // namespace

std::string BackendTrust::WhyUntrusted(const CertificateChain& chain,
                                       const TrustStore& trust,
                                       const Domain& name, Now now) {
  std::string key = KeyOf(chain, trust, name);
  const auto at = good_until_.find(key);
  if (at != good_until_.end() && now.monotonic < at->second) return "";
  std::string why = WhyPathInvalid(chain, trust, name, now.wall);
  if (!why.empty()) return why;
  if (good_until_.size() >= kMostKept) good_until_.clear();
  good_until_[std::move(key)] = now.monotonic + kHold;
  return "";
}

}  // namespace danegate
