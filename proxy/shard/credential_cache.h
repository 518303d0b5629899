// CredentialCache keeps the credentials that a shard has lately served, under a
// budget of memory: the least recently used go first (D12). What is not there
// is asked for, and comes later.
//
// Thread: one owner, the shard.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "tenants/credential_source.h"
#include "tenants/credential_store.h"
#include "verifier/instant.h"

namespace danegate {

class CredentialCache {
 public:
  // Files that could not be read are not tried again sooner, unless they
  // change.
  static constexpr std::chrono::seconds kRetryTime{5};

  // `budget` in octets; one set is kept however large it is. Both others
  // outlive it.
  CredentialCache(CredentialStore&, CredentialInbox&, std::size_t budget);

  // Either the credentials, or why there are none; neither: they have been
  // asked for.
  struct Found {
    std::shared_ptr<const CredentialSet> credentials;
    std::string error = {};
  };
  Found Find(const std::shared_ptr<const CredentialSource>&, Instant now);

  // The session goes on when the source has come.
  void Await(std::uint64_t source, std::uint64_t session);
  // Gives the sessions that have waited for it; they may be gone.
  std::vector<std::uint64_t> OnReply(CredentialReply, Instant now);

  // It is served no more, and what is still being loaded is not kept (E10).
  // Whoever waits for it still hears of it.
  void Forget(std::uint64_t source);

  std::size_t size() const { return entries_.size(); }
  std::size_t octets() const { return octets_; }

 private:
  struct Entry {
    bool asked = false;
    bool forgotten = false;  // while asked
    std::shared_ptr<const CredentialSet> credentials;
    std::size_t octets = 0;
    std::string error;
    Instant retry_at;
    std::vector<std::uint64_t> waiting;
    std::list<std::uint64_t>::iterator use;
  };

  using Entries = std::unordered_map<std::uint64_t, Entry>;

  void Erase(Entries::iterator);
  void Evict();

  CredentialStore& store_;
  CredentialInbox& inbox_;
  const std::size_t budget_;
  std::size_t octets_ = 0;
  std::list<std::uint64_t> uses_;  // most recent first
  Entries entries_;
};

}  // namespace danegate
