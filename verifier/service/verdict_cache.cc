#include "verifier/service/verdict_cache.h"

#include <utility>

namespace danegate {

std::shared_ptr<const Verdict> VerdictCache::Find(const VerdictKey& key,
                                                  Instant now) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return nullptr;
  if (now >= found->second.until) {
    Forget(found);
    return nullptr;
  }
  uses_.splice(uses_.begin(), uses_, found->second.use);
  return found->second.verdict;
}

void VerdictCache::Put(const VerdictKey& key,
                       std::shared_ptr<const Verdict> verdict, Instant until) {
  const auto [entry, is_new] = entries_.try_emplace(key);
  if (is_new) entry->second.use = uses_.insert(uses_.begin(), &entry->first);
  uses_.splice(uses_.begin(), uses_, entry->second.use);
  entry->second.verdict = std::move(verdict);
  entry->second.until = until;
  if (entries_.size() > max_entries_) Forget(entries_.find(*uses_.back()));
}

std::size_t VerdictCache::Forget(const Domain& domain) {
  const std::size_t before = entries_.size();
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto current = entry++;
    if (current->first.domain == domain) Forget(current);
  }
  return before - entries_.size();
}

std::vector<VerdictCache::Kept> VerdictCache::List(Instant now) const {
  std::vector<Kept> kept;
  for (const auto& [key, entry] : entries_) {
    if (now >= entry.until) continue;
    kept.push_back({entry.verdict, entry.until, key.policy});
  }
  return kept;
}

void VerdictCache::Forget(Entries::iterator entry) {
  uses_.erase(entry->second.use);
  entries_.erase(entry);
}

}  // namespace danegate
