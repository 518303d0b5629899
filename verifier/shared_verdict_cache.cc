#include "verifier/shared_verdict_cache.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <type_traits>

#include "verifier/check.h"

namespace danegate {

namespace {

// A value is the tick of the expiry, the low bits of the epoch, and the
// verdict. The epoch in it tells writers what is dead, and decides about
// nothing else.
constexpr int kTickShift = 20;
constexpr int kExpiryAt = 20;
constexpr int kEpochAt = 12;
constexpr int kOutcomeAt = 9;
constexpr int kProoftypeAt = 5;

std::uint64_t TickOf(Instant at) {
  const Duration since_start = std::max(at.since_start, Duration(0));
  return static_cast<std::uint64_t>(since_start.count()) >> kTickShift;
}

std::uint64_t ValueOf(const KeptVerdict& verdict, Instant expires,
                      std::uint64_t epoch) {
  return TickOf(expires) << kExpiryAt | (epoch & 0xFF) << kEpochAt |
         static_cast<std::uint64_t>(verdict.outcome) << kOutcomeAt |
         static_cast<std::uint64_t>(verdict.prooftype) << kProoftypeAt |
         static_cast<std::uint64_t>(verdict.reason);
}

KeptVerdict VerdictIn(std::uint64_t value) {
  return {.outcome = static_cast<Outcome>(value >> kOutcomeAt & 7),
          .reason = static_cast<Reason>(value & 31),
          .prooftype = static_cast<Prooftype>(value >> kProoftypeAt & 15)};
}

Instant ExpiryIn(std::uint64_t value) {
  return Instant{
      Duration(static_cast<std::int64_t>(value >> kExpiryAt << kTickShift))};
}

bool HasExpired(std::uint64_t value, Instant now) {
  return TickOf(now) >= value >> kExpiryAt;
}

bool IsDead(std::uint64_t value, Instant now, std::uint64_t epoch) {
  return HasExpired(value, now) || (value >> kEpochAt & 0xFF) != (epoch & 0xFF);
}

}  // namespace

// Claim is a writer's exclusive hold on a bucket, if it got one.
class SharedVerdictCache::Claim {
 public:
  explicit Claim(Bucket& bucket) : bucket_(bucket) {
    for (int i = 0; i < kTries && !held_; ++i) {
      sequence_ = bucket.sequence.load(std::memory_order_relaxed);
      held_ = sequence_ % 2 == 0 &&
              bucket.sequence.compare_exchange_weak(sequence_, sequence_ + 1,
                                                    std::memory_order_acquire,
                                                    std::memory_order_relaxed);
    }
  }
  ~Claim() {
    if (held_) {
      bucket_.sequence.store(sequence_ + 2, std::memory_order_release);
    }
  }
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

  explicit operator bool() const { return held_; }

  // The way that holds the tag, or kWays.
  std::size_t WayOf(const VerdictTag& tag) const {
    std::size_t way = 0;
    while (way < kWays && !(TagIn(way) == tag)) ++way;
    return way;
  }
  VerdictTag TagIn(std::size_t way) const {
    return {bucket_.first[way].load(std::memory_order_relaxed),
            bucket_.rest[way].second.load(std::memory_order_relaxed)};
  }
  std::uint64_t ValueIn(std::size_t way) const {
    return bucket_.rest[way].value.load(std::memory_order_relaxed);
  }
  void Write(std::size_t way, const VerdictTag& tag, std::uint64_t value) {
    bucket_.first[way].store(tag.first, std::memory_order_release);
    bucket_.rest[way].second.store(tag.second, std::memory_order_release);
    bucket_.rest[way].value.store(value, std::memory_order_release);
  }
  void Copy(std::size_t from, std::size_t to) {
    Write(to, TagIn(from), ValueIn(from));
  }

 private:
  Bucket& bucket_;
  std::uint64_t sequence_ = 0;
  bool held_ = false;
};

void SharedVerdictCache::Unmap::operator()(Bucket*) const {
  munmap(pages, octets);
}

// Fresh pages are zero, which is what a Word of 0 is made of, so the table
// needs no pass over it that would touch them all. Huge pages, for which it is
// aligned, keep a look-up from missing the TLB; without them it works all the
// same.
SharedVerdictCache::Table SharedVerdictCache::Map(std::size_t buckets) {
  static_assert(std::is_trivially_destructible_v<Bucket>);
  constexpr std::size_t kHugePage = 2 << 20;
  DANEGATE_CHECK(buckets > 0 && buckets < SIZE_MAX / sizeof(Bucket) / 2);
  const std::size_t size = buckets * sizeof(Bucket);
  std::size_t octets = size + kHugePage;
  void* pages = mmap(nullptr, octets, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  DANEGATE_CHECK(pages != MAP_FAILED);
  madvise(pages, octets, MADV_HUGEPAGE);
  const Unmap unmap{pages, octets};
  return Table(static_cast<Bucket*>(std::align(kHugePage, size, pages, octets)),
               unmap);
}

SharedVerdictCache::SharedVerdictCache(
    std::size_t entries, std::span<const std::uint8_t, kSecretOctets> secret)
    : tagger_(secret),
      buckets_(entries / kWays + (entries % kWays != 0)),
      table_(Map(buckets_)) {}

// The first way with that first half of a tag, or kWays.
inline std::size_t SharedVerdictCache::WayOf(const Bucket& bucket,
                                             std::uint64_t first) {
  unsigned ways = 1u << kWays;
  for (std::size_t way = 0; way < kWays; ++way) {
    const bool is_same =
        bucket.first[way].load(std::memory_order_acquire) == first;
    ways |= unsigned{is_same} << way;
  }
  return static_cast<std::size_t>(std::countr_zero(ways));
}

std::optional<SharedVerdictCache::Hit> SharedVerdictCache::Find(
    const VerdictCacheKey& key, Instant now) const {
  const VerdictTag tag =
      tagger_.TagOf(key, static_cast<std::uint64_t>(StampOf(key.peer)));
  const Bucket& bucket = BucketOf(tag);
  // On its way already if the first line says that it is needed.
  __builtin_prefetch(&bucket.rest[1]);
  for (int i = 0; i < kTries; ++i) {
    const std::uint64_t before =
        bucket.sequence.load(std::memory_order_acquire);
    if (before % 2 != 0) continue;
    // All ways at once: which one it is cannot be foretold, whether it is one
    // can.
    std::uint64_t value = 0;
    const std::size_t way = WayOf(bucket, tag.first);
    if (way < kWays &&
        bucket.rest[way].second.load(std::memory_order_acquire) == tag.second) {
      value = bucket.rest[way].value.load(std::memory_order_acquire);
    }
    if (bucket.sequence.load(std::memory_order_relaxed) != before) continue;
    if (HasExpired(value, now)) return std::nullopt;
    return Hit{VerdictIn(value), ExpiryIn(value), way >= kSettled, tag};
  }
  return std::nullopt;
}

SharedVerdictCache::Stamp SharedVerdictCache::StampOf(
    std::string_view peer) const {
  const Word& generation = generations_[tagger_.PlaceOf(peer) % kPlaces];
  return Stamp{epoch_.load(std::memory_order_acquire) +
               generation.load(std::memory_order_acquire)};
}

bool SharedVerdictCache::Put(const VerdictCacheKey& key, Stamp begun,
                             const KeptVerdict& verdict, Instant expires,
                             Instant now) {
  DANEGATE_CHECK(verdict.outcome != Outcome::kIndeterminate);
  const std::uint64_t epoch = epoch_.load(std::memory_order_relaxed);
  const std::uint64_t value = ValueOf(verdict, expires, epoch);
  if (HasExpired(value, now) || StampOf(key.peer) != begun) return false;
  const VerdictTag tag = tagger_.TagOf(key, static_cast<std::uint64_t>(begun));
  Claim claim(BucketOf(tag));
  if (!claim) return false;
  std::size_t way = claim.WayOf(tag);
  if (way == kWays) {
    way = kEntrance;
    if (!IsDead(claim.ValueIn(way), now, epoch)) {
      claim.Copy(way, way + 1);
    }
  }
  claim.Write(way, tag, value);
  return true;
}

void SharedVerdictCache::Promote(const VerdictTag& tag, Instant now) {
  Claim claim(BucketOf(tag));
  if (!claim) return;
  const std::size_t way = claim.WayOf(tag);
  if (way == kWays || way < kSettled) return;
  const std::uint64_t epoch = epoch_.load(std::memory_order_relaxed);
  std::size_t to = 0;
  while (to < way - 1 && !IsDead(claim.ValueIn(to), now, epoch)) ++to;
  const std::uint64_t value = claim.ValueIn(way);
  claim.Copy(to, way);
  claim.Write(to, tag, value);
}

void SharedVerdictCache::Forget(std::string_view peer) {
  generations_[tagger_.PlaceOf(peer) % kPlaces].fetch_add(
      1, std::memory_order_release);
}

void SharedVerdictCache::BumpEpoch() {
  epoch_.fetch_add(1, std::memory_order_release);
}

// Any range of places, without a division: the high half of a product.
SharedVerdictCache::Bucket& SharedVerdictCache::BucketOf(
    const VerdictTag& tag) const {
  __extension__ using Wide = unsigned __int128;
  return table_[static_cast<std::size_t>(
      static_cast<Wide>(tag.first) * buckets_ >> 64)];
}

}  // namespace danegate
