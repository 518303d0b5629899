// SharedVerdictCache keeps verdicts for all shards: one table of fixed size,
// lock-free (D11). It keeps the bare verdict, not its evidence.
//
// What: buckets of five ways in two cache lines, each under a sequence lock.
// The ways are ranks:
//
//     settled: 0 1 | tried: 2 | new: 3 4
//
// A new verdict enters at 3 and moves what is there to 4 and out. A hit at 2 or
// below says that it deserves better; Promote() then swaps it with the rank
// above, or with a dead one further up. So a flood of verdicts that nobody asks
// for again pushes out its like only (C9), one that comes back once reaches
// rank 2 at most, and readers need not write down what they hit.
//
// Who may call: Find() and StampOf() any thread; they never write shared memory
// and never wait. Put() and Promote() any thread that may write: the verifier
// threads. Forget() and BumpEpoch() any thread. No call blocks.
//
// Invariants
//   1. The sequence of a bucket is odd exactly while a writer has claimed it,
//      and grows with each claim and each release. 64 bits do not wrap.
//   2. Only the writer that made it odd writes the ways of a bucket.
//   3. What Find() returns was read between two looks at the same even
//      sequence, so all of it was there at one moment: a tag never meets the
//      verdict of another (C8).
//   4. Tags of different keys differ, and so do those of one key under
//      different stamps (verdict_tag.h). A stamp is the epoch plus the
//      generation of the peer's place. Both only grow, so a stamp that has
//      passed never comes back: what was put under it is out of reach.
//   5. A verdict is kept under the stamp of when its verification began. So
//      once BumpEpoch() or Forget() has returned, no verdict that began before
//      is found, were it put later (C3, C8).
//   6. Expiry is kept in ticks of 2^20 ns and rounded down: a verdict may go
//      up to a tick early, never late (L-04). The zeros of an untouched way are
//      a verdict that has expired always.
//
// Memory orders. A reader's loads of ways are acquire and a writer's stores to
// them release, where others use relaxed ones between two fences (H. Boehm,
// "Can seqlocks get along with programming language memory models?"): the same
// code on x86-64, and ThreadSanitizer, which knows no fences, can follow.
//   - Reading a word that a later claim wrote synchronises with that claim, so
//     the second look at the sequence, sequenced after, sees it: no match (3).
//   - The first look is acquire and the writer's last store release, so that
//     an even sequence brings all that was written under it.
//   - The claiming exchange is acquire, so that a writer sees what the one
//     before left; the claim itself needs no release, since every store behind
//     it is one. Under its claim a writer reads relaxed: nobody else writes.
//   - The stamps are raised with release and read with acquire: who sees the
//     new stamp sees the policy or trust store that was published before it.
//   - A stamp is read as two loads. If both words grow meanwhile, the sum is
//     one that the stamp had at some moment of the call, as it grows in ones.
//
// Cost: a hit computes a tag and reads one line of the table where its rank is
// 0, else two that are fetched at once; bench/README.md has the figures. A
// reader that meets a writer tries again, kTries times, then it is a miss:
// asking the verifier is always right. A writer that cannot claim in kTries
// gives up. 128 octets for five entries; pages of what was never written take
// no memory.
//
// Size it at eight times the peers that should be held, so that hardly a bucket
// has more than three of them; where it has, they change places at each hit.
//
// When not to use it: for verdicts whose evidence is needed; for a table that
// must hold everything; for writers that may not lose a write.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "verifier/instant.h"
#include "verifier/proof.h"
#include "verifier/verdict_tag.h"

namespace danegate {

// KeptVerdict is what of a verdict is kept.
struct KeptVerdict {
  Outcome outcome = Outcome::kAbsent;
  Reason reason = Reason::kNoTlsa;
  Prooftype prooftype = Prooftype::kDaneEe;  // meaningful only for kProved

  friend bool operator==(const KeptVerdict&, const KeptVerdict&) = default;
};

class SharedVerdictCache {
 public:
  static constexpr std::size_t kSecretOctets = VerdictTagger::kSecretOctets;

  // Stamp is a moment in the life of a peer's verdicts: it grows with every
  // BumpEpoch() and with every Forget() of the peer.
  enum class Stamp : std::uint64_t {};

  struct Hit {
    KeptVerdict verdict;
    // Not later than what was put, and less than two ticks earlier.
    Instant expires;
    // It ranks low for a verdict that is of use: Promote(tag) is due, with the
    // next batch to a verifier thread.
    bool is_to_promote;
    VerdictTag tag;
  };

  // Room for `entries`, rounded up to whole buckets; allocated once, and the
  // process ends if there is no address space for it. The secret is random.
  // REQUIRES: entries > 0.
  SharedVerdictCache(std::size_t entries,
                     std::span<const std::uint8_t, kSecretOctets> secret);
  SharedVerdictCache(const SharedVerdictCache&) = delete;
  SharedVerdictCache& operator=(const SharedVerdictCache&) = delete;

  // Find returns the verdict that was put for this very key, if it may still be
  // used at `now`. REQUIRES, as for all keys: texts as long as a Domain's.
  std::optional<Hit> Find(const VerdictCacheKey& key, Instant now) const;

  // StampOf is taken before a verification of the peer reads anything that its
  // verdict rests on: policy, trust store, clock or DNS.
  Stamp StampOf(std::string_view peer) const;

  // Put keeps a verdict for use before `expires`, in the place of an older one
  // of the key. Returns whether it did: not if it has expired already, if its
  // stamp has passed, or if other writers were in the way.
  // REQUIRES: the outcome is not kIndeterminate (D-63, L-05).
  bool Put(const VerdictCacheKey& key, Stamp begun, const KeptVerdict& verdict,
           Instant expires, Instant now);

  // Promote raises the rank of a verdict that was hit. Nothing happens if it is
  // gone or other writers are in the way; the next hit will say it again.
  void Promote(const VerdictTag& tag, Instant now);

  // Forget makes every verdict of the peer, in both directions and for every
  // tenant, a miss; and those of the few others that share its place.
  void Forget(std::string_view peer);

  // BumpEpoch makes every verdict a miss. Publish first, then bump: a new
  // policy, a new trust store, a clock that jumped (E5).
  void BumpEpoch();

  // How many verdicts there is room for.
  std::size_t capacity() const { return kWays * buckets_; }

 private:
  using Word = std::atomic<std::uint64_t>;
  static_assert(Word::is_always_lock_free);

  static constexpr std::size_t kWays = 5;
  static constexpr std::size_t kSettled = 2;   // ways below are
  static constexpr std::size_t kEntrance = 3;  // of new verdicts
  static constexpr std::size_t kPlaces = 1024;
  static constexpr int kTries = 32;

  // Way i is first[i] and the halves of rest[i]: the second half of its tag,
  // and its expiry and verdict. That puts all of way 0 into the first line,
  // where most hits are, if the table has the size that it should have.
  struct alignas(128) Bucket {
    Word sequence;
    Word first[kWays];
    struct {
      Word second;
      Word value;
    } rest[kWays];
  };
  static_assert(offsetof(Bucket, rest[1]) == 64);
  static_assert(sizeof(Bucket) == 128);

  struct Unmap {
    void* pages;
    std::size_t octets;
    void operator()(Bucket*) const;
  };
  using Table = std::unique_ptr<Bucket[], Unmap>;
  class Claim;

  static Table Map(std::size_t buckets);
  Bucket& BucketOf(const VerdictTag&) const;
  static std::size_t WayOf(const Bucket&, std::uint64_t first);

  const VerdictTagger tagger_;
  const std::size_t buckets_;
  const Table table_;
  // Read by every look-up, so not in a line with anything that changes often.
  alignas(64) Word epoch_{0};
  Word generations_[kPlaces] = {};
};

}  // namespace danegate
