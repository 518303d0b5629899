#include "proxy/shard/credential_cache.h"

#include <utility>

namespace danegate {
namespace {

// Of an entry that holds nothing but an error, or a question.
constexpr std::size_t kLeastOctets = 256;

}  // namespace

CredentialCache::CredentialCache(CredentialStore& store, CredentialInbox& inbox,
                                 std::size_t budget)
    : store_(store), inbox_(inbox), budget_(budget) {}

CredentialCache::Found CredentialCache::Find(
    const std::shared_ptr<const CredentialSource>& source, Instant now) {
  if (source->loaded() != nullptr) return {source->loaded()};
  const auto [at, is_new] = entries_.try_emplace(source->id());
  Entry& entry = at->second;
  if (is_new) {
    uses_.push_front(source->id());
    entry.use = uses_.begin();
    entry.octets = kLeastOctets;
    octets_ += kLeastOctets;
  } else {
    uses_.splice(uses_.begin(), uses_, entry.use);
  }
  if (entry.credentials != nullptr) return {entry.credentials};
  if (!entry.error.empty() && now < entry.retry_at) {
    return {nullptr, entry.error};
  }
  if (!std::exchange(entry.asked, true)) store_.Load(source, &inbox_);
  return {nullptr};
}

void CredentialCache::Await(std::uint64_t source, std::uint64_t session) {
  const auto at = entries_.find(source);
  if (at != entries_.end()) at->second.waiting.push_back(session);
}

std::vector<std::uint64_t> CredentialCache::OnReply(CredentialReply reply,
                                                    Instant now) {
  const auto at = entries_.find(reply.source);
  if (at == entries_.end()) return {};
  Entry& entry = at->second;
  if (entry.forgotten) {  // E10: the key does not stay
    auto waiting = std::move(entry.waiting);
    Erase(at);
    return waiting;
  }
  entry.asked = false;
  entry.credentials = std::move(reply.credentials);
  entry.error = std::move(reply.error);
  entry.retry_at = now + kRetryTime;
  octets_ -= entry.octets;
  entry.octets = kLeastOctets;
  if (entry.credentials != nullptr) {
    for (const auto& credential : *entry.credentials) {
      entry.octets += credential->footprint();
    }
  }
  octets_ += entry.octets;
  auto waiting = std::exchange(entry.waiting, {});
  Evict();
  return waiting;
}

void CredentialCache::Forget(std::uint64_t source) {
  const auto at = entries_.find(source);
  if (at == entries_.end()) return;
  if (at->second.asked) {
    at->second.forgotten = true;
  } else {
    Erase(at);
  }
}

void CredentialCache::Erase(Entries::iterator at) {
  octets_ -= at->second.octets;
  uses_.erase(at->second.use);
  entries_.erase(at);
}

// What is being asked for has sessions that wait, and stays.
void CredentialCache::Evict() {
  auto use = uses_.end();
  while (octets_ > budget_ && use != uses_.begin()) {
    --use;
    const auto at = entries_.find(*use);
    if (use == uses_.begin() || at->second.asked) continue;
    octets_ -= at->second.octets;
    entries_.erase(at);
    use = uses_.erase(use);
  }
}

}  // namespace danegate
