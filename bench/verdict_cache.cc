// What does a hit in the verdict cache cost, with one reader and two, with a
// writer and without, and in tables of a thousand to ten million verdicts (P6,
// P9)? In the same run: a sharded map under reader-writer locks, and oneTBB's
// concurrent_hash_map.
//
// A look-up is what a shard does: it builds the key from texts and digests that
// it has, hashes it, and finds. The two other tables get the same keys and the
// same hash, so that only the tables differ; they do no epochs and no eviction.
#include <benchmark/benchmark.h>
#include <sched.h>
#include <sys/mman.h>
#include <tbb/concurrent_hash_map.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <random>
#include <shared_mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "verifier/shared_verdict_cache.h"

namespace danegate {
namespace {

constexpr Instant kNow{std::chrono::hours(1)};
constexpr Instant kLater{std::chrono::hours(2)};
constexpr KeptVerdict kVerdict{.outcome = Outcome::kProved,
                               .reason = Reason::kMatched};
constexpr std::uint64_t kUsual = 10'000;  // verdicts
constexpr std::uint64_t kNames = 1024;
constexpr std::uint64_t kRoom = 8;  // as the header demands
// A verifier thread makes at most 5,000 verdicts a second.
constexpr int kPutsAMillisecond = 20;

std::array<std::uint8_t, VerdictTagger::kSecretOctets> Secret() {
  std::array<std::uint8_t, VerdictTagger::kSecretOctets> secret;
  std::mt19937 random(1);
  for (auto& octet : secret) octet = static_cast<std::uint8_t>(random());
  return secret;
}

// The peers of one shard: their names, and digests that are known already.
class Peers {
 public:
  Peers() {
    std::mt19937 random(2);
    for (std::uint64_t i = 0; i < kNames; ++i) {
      names_.push_back("xmpp" + std::to_string(i) + ".peer.example");
      for (auto& octet : digests_[i]) {
        octet = static_cast<std::uint8_t>(random());
      }
    }
  }
  VerdictCacheKey Key(std::uint64_t number) const {
    VerdictCacheKey key{.policy = 0x5DEECE66D,
                        .direction = Direction::kInbound,
                        .peer = names_[number % kNames],
                        .leaf = digests_[number % kNames],
                        .chain = digests_[(number + 1) % kNames],
                        .trust_epoch = 7};
    std::memcpy(key.chain.data(), &number, sizeof(number));
    return key;
  }

 private:
  std::vector<std::string> names_;
  std::array<Sha256, kNames> digests_;
};
const Peers kPeers;

class LockFree {
 public:
  explicit LockFree(std::uint64_t verdicts)
      : cache_(kRoom * verdicts, Secret()) {}
  bool Find(const VerdictCacheKey& key) const {
    return cache_.Find(key, kNow).has_value();
  }
  void Put(const VerdictCacheKey& key) {
    cache_.Put(key, cache_.StampOf(key.peer), kVerdict, kLater, kNow);
    const auto hit = cache_.Find(key, kNow);
    if (hit && hit->is_to_promote) cache_.Promote(hit->tag, kNow);
  }

 private:
  SharedVerdictCache cache_;
};

struct Entry {
  KeptVerdict verdict;
  Instant expires;
};
struct TagHash {
  std::size_t operator()(const VerdictTag& tag) const { return tag.first; }
  // The names that oneTBB wants.
  static std::size_t hash(const VerdictTag& tag) { return tag.first; }
  static bool equal(const VerdictTag& a, const VerdictTag& b) { return a == b; }
};

class Tagged {
 protected:
  VerdictTag TagOf(const VerdictCacheKey& key) const {
    return tagger_.TagOf(key, 0);
  }

 private:
  VerdictTagger tagger_{Secret()};
};

class ShardedMap : Tagged {
 public:
  explicit ShardedMap(std::uint64_t) {}
  bool Find(const VerdictCacheKey& key) const {
    const VerdictTag tag = TagOf(key);
    const Shard& shard = shards_[tag.second % kShards];
    std::shared_lock lock(shard.mutex);
    const auto found = shard.entries.find(tag);
    return found != shard.entries.end() && kNow < found->second.expires;
  }
  void Put(const VerdictCacheKey& key) {
    const VerdictTag tag = TagOf(key);
    Shard& shard = shards_[tag.second % kShards];
    std::unique_lock lock(shard.mutex);
    shard.entries.insert_or_assign(tag, Entry{kVerdict, kLater});
  }

 private:
  static constexpr std::size_t kShards = 64;
  struct alignas(64) Shard {
    mutable std::shared_mutex mutex;
    std::unordered_map<VerdictTag, Entry, TagHash> entries;
  };
  std::array<Shard, kShards> shards_;
};

class TbbMap : Tagged {
 public:
  explicit TbbMap(std::uint64_t) {}
  bool Find(const VerdictCacheKey& key) const {
    Map::const_accessor found;
    return map_.find(found, TagOf(key)) && kNow < found->second.expires;
  }
  void Put(const VerdictCacheKey& key) {
    Map::accessor entry;
    map_.insert(entry, TagOf(key));
    entry->second = Entry{kVerdict, kLater};
  }

 private:
  using Map = tbb::concurrent_hash_map<VerdictTag, Entry, TagHash>;
  Map map_;
};

// A table that holds what it is asked for, shared by the threads of a
// benchmark, and kept from one repetition to the next.
template <typename Table>
Table& TableOf(std::uint64_t verdicts) {
  static std::mutex mutex;
  static std::uint64_t held = 0;
  static std::unique_ptr<Table> table;
  const std::lock_guard lock(mutex);
  if (held != verdicts) {
    table.reset();
    table = std::make_unique<Table>(verdicts);
    for (std::uint64_t i = 0; i < verdicts; ++i) table->Put(kPeers.Key(i));
    held = verdicts;
  }
  return *table;
}

// Left alone, two readers of a short run often share a core.
void StayOnCore(unsigned core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(core % std::thread::hardware_concurrency(), &cores);
  sched_setaffinity(0, sizeof(cores), &cores);
}

// Writer puts verdicts, as many as several verifier threads make at most, while
// it lives: each old verdict anew, so that the tables of others do not grow.
template <typename Table>
class Writer {
 public:
  Writer(Table& table, std::uint64_t verdicts)
      : thread_([this, &table, verdicts] {
          StayOnCore(1);
          std::uint64_t next = 0;
          auto due = std::chrono::steady_clock::now();
          while (!stop_.load(std::memory_order_relaxed)) {
            for (int i = 0; i < kPutsAMillisecond; ++i) {
              table.Put(kPeers.Key(next++ % verdicts));
            }
            std::this_thread::sleep_until(due += std::chrono::milliseconds(1));
          }
        }) {}
  ~Writer() {
    stop_.store(true);
    thread_.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

template <typename Table, bool has_writer = false>
void Hit(benchmark::State& state) {
  const auto verdicts = static_cast<std::uint64_t>(state.range(0));
  Table& table = TableOf<Table>(verdicts);
  StayOnCore(static_cast<unsigned>(state.thread_index()));
  std::unique_ptr<Writer<Table>> writer;
  if (has_writer && state.thread_index() == 0) {
    writer = std::make_unique<Writer<Table>>(table, verdicts);
  }
  auto random = static_cast<std::uint64_t>(state.thread_index()) + 1;
  std::int64_t hits = 0;
  for (auto _ : state) {
    random = random * 6364136223846793005 + 1442695040888963407;
    hits += table.Find(kPeers.Key((random >> 32) * verdicts >> 32));
  }
  state.counters["missed"] =
      benchmark::Counter(static_cast<double>(state.iterations() - hits) /
                             static_cast<double>(state.iterations()),
                         benchmark::Counter::kAvgThreads);
}

// What a hit consists of besides the table.
void BuildAndHashKey(benchmark::State& state) {
  const VerdictTagger tagger(Secret());
  std::uint64_t random = 1;
  for (auto _ : state) {
    random = random * 6364136223846793005 + 1442695040888963407;
    benchmark::DoNotOptimize(
        tagger.TagOf(kPeers.Key((random >> 32) * kUsual >> 32), 0));
  }
}

// And what the machine takes for one read at random in memory of that size: the
// growth that no table can avoid.
void ReadOneLine(benchmark::State& state) {
  struct alignas(128) Bucket {
    std::uint64_t words[16];
  };
  const auto buckets = static_cast<std::uint64_t>(state.range(0)) * kRoom / 5;
  constexpr std::size_t kHugePage = 2 << 20;
  const std::size_t size =
      (buckets * sizeof(Bucket) + kHugePage - 1) / kHugePage * kHugePage;
  const std::unique_ptr<Bucket[], decltype(&std::free)> table(
      static_cast<Bucket*>(std::aligned_alloc(kHugePage, size)), &std::free);
  madvise(table.get(), size, MADV_HUGEPAGE);
  std::memset(table.get(), 0, size);
  std::uint64_t random = 1;
  for (auto _ : state) {
    random = random * 6364136223846793005 + 1442695040888963407;
    random += table[(random >> 32) * buckets >> 32].words[0];
  }
  benchmark::DoNotOptimize(random);
}

BENCHMARK(BuildAndHashKey);
BENCHMARK(Hit<LockFree>)->Arg(kUsual)->Threads(1)->Threads(2);
BENCHMARK(Hit<ShardedMap>)->Arg(kUsual)->Threads(1)->Threads(2);
BENCHMARK(Hit<TbbMap>)->Arg(kUsual)->Threads(1)->Threads(2);
BENCHMARK(Hit<LockFree, true>)->Arg(kUsual)->Threads(1)->Threads(2);
BENCHMARK(Hit<ShardedMap, true>)->Arg(kUsual)->Threads(1)->Threads(2);
BENCHMARK(Hit<TbbMap, true>)->Arg(kUsual)->Threads(1)->Threads(2);
BENCHMARK(Hit<LockFree>)->RangeMultiplier(10)->Range(1000, 10'000'000);
BENCHMARK(Hit<ShardedMap>)->Arg(1'000'000);
BENCHMARK(Hit<TbbMap>)->Arg(1'000'000);
BENCHMARK(ReadOneLine)->RangeMultiplier(10)->Range(1000, 10'000'000);

}  // namespace
}  // namespace danegate
