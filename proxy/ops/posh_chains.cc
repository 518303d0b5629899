#include "proxy/ops/posh_chains.h"

#include <algorithm>
#include <utility>

namespace danegate {

ServedChains PoshChains::Of(const CredentialSource& source, Instant now) {
  const std::lock_guard lock(mutex_);
  const auto known = read_.find(source.id());
  if (known != read_.end() && now < known->second.until) {
    return known->second.chains;
  }
  ServedChains chains = ChainsIn(source);
  if (read_.size() >= kMost) MakeRoom(now);
  read_.insert_or_assign(source.id(), Read{chains, now + kKept});
  return chains;
}

std::size_t PoshChains::size() {
  const std::lock_guard lock(mutex_);
  return read_.size();
}

void PoshChains::MakeRoom(Instant now) {
  std::erase_if(read_,
                [now](const auto& entry) { return entry.second.until <= now; });
  if (read_.size() < kMost) return;
  read_.erase(std::min_element(read_.begin(), read_.end(),
                               [](const auto& a, const auto& b) {
                                 return a.second.until < b.second.until;
                               }));
}

}  // namespace danegate
