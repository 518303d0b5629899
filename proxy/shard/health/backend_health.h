// BackendHealth knows which backends the checks have found down. One for the
// process: the prober writes, every shard reads.
//
// What: a fixed table of tags, one for each target that is down; 512 buckets of
// one cache line. A tag is a hash of the target's key, never 0; 0 is a free
// slot. The names for an operator are kept beside it, under a lock that no
// shard takes.
//
// Who may call: IsDown() any thread, without a lock; ListDown() any thread,
// with one; SetDown() and SetUp() the one writer.
//
// Invariants
//   1. A tag is in its own bucket or nowhere, at most once.
//   2. A slot changes from 0 to a tag and from a tag to 0, by the writer alone.
//
// Memory orders: all relaxed. A tag says all that there is to know; nothing is
// reached through it, and a reader that sees a change late makes a worse choice
// of backend once.
//
// Cost: one cache line to read. When not to use it: for more than a hint. Where
// a bucket is full its next target counts as working, and two targets with one
// hash (2^-64) share their state.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "proxy/shard/health/health_target.h"

namespace danegate {

struct DownBackend {
  HealthTarget target;
  std::string why;  // a sentence
  std::chrono::system_clock::time_point since;
};

class BackendHealth {
 public:
  BackendHealth();
  BackendHealth(const BackendHealth&) = delete;
  BackendHealth& operator=(const BackendHealth&) = delete;

  bool IsDown(const HealthTarget&) const;
  // By address.
  std::vector<DownBackend> ListDown() const;

  void SetDown(const DownBackend&);
  void SetUp(const HealthTarget&);

 private:
  static constexpr std::size_t kBuckets = 512;
  struct alignas(64) Bucket {
    std::array<std::atomic<std::uint64_t>, 8> tags{};
  };

  static std::uint64_t TagOf(const std::string& key);
  Bucket& BucketOf(std::uint64_t tag) const { return table_[tag % kBuckets]; }

  std::unique_ptr<Bucket[]> table_;
  mutable std::mutex names_lock_;
  std::map<std::string, DownBackend> names_;  // by key; under names_lock_
};

}  // namespace danegate
