// VerdictCache keeps finished verdicts until they expire: a plain table of
// bounded size that forgets the least recently used first. Pure; one owner.
//
// A verdict belongs to a domain *and* the chain that was presented (D-62):
// "this domain is all right" is nothing that can be looked up.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "verifier/certificate.h"
#include "verifier/domain.h"
#include "verifier/instant.h"
#include "verifier/verdict.h"

namespace danegate {

struct VerdictKey {
  Sha256 chain;  // CertificateChain::ChainDigest()
  Domain domain;
  std::uint64_t policy;  // ProofPolicy::Digest()

  friend auto operator<=>(const VerdictKey&, const VerdictKey&) = default;
};

class VerdictCache {
 public:
  explicit VerdictCache(std::size_t max_entries) : max_entries_(max_entries) {}

  // Null if there is none, or none that may still be used at `now` (L-04).
  std::shared_ptr<const Verdict> Find(const VerdictKey&, Instant now);
  // Keeps it for use before `until`.
  void Put(const VerdictKey&, std::shared_ptr<const Verdict>, Instant until);

  // Forgets what there is about a domain; returns how much that was. Looks at
  // every entry.
  std::size_t Forget(const Domain&);
  // All that may still be used at `now`.
  struct Kept {
    std::shared_ptr<const Verdict> verdict;
    Instant until;
    std::uint64_t policy;  // VerdictKey's
  };
  std::vector<Kept> List(Instant now) const;

  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::shared_ptr<const Verdict> verdict;
    Instant until;
    std::list<const VerdictKey*>::iterator use;
  };
  // A tree, not a hash table: a peer chooses its domain and its chain, and with
  // them could choose the collisions.
  using Entries = std::map<VerdictKey, Entry>;

  void Forget(Entries::iterator entry);

  std::size_t max_entries_;
  Entries entries_;
  std::list<const VerdictKey*> uses_;  // most recent first
};

}  // namespace danegate
