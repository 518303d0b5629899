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

void VerdictCache::Forget(Entries::iterator entry) {
  uses_.erase(entry->second.use);
  entries_.erase(entry);
}

}  // namespace danegate
