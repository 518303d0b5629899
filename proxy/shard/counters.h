// Counters of one shard. The shard is the only writer; any thread may read.
#pragma once

#include <atomic>
#include <cstdint>

namespace danegate {

// A count that one thread writes: a plain add, no locked instruction.
class Counter {
 public:
  void Add(std::uint64_t by = 1) {
    value_.store(value() + by, std::memory_order_relaxed);
  }
  void Subtract(std::uint64_t by = 1) {
    value_.store(value() - by, std::memory_order_relaxed);
  }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

struct Counters {
  Counter accepted;        // connections
  Counter open;            // connections now
  Counter established;     // streams handed off
  Counter refused;         // streams that ended before that
  Counter backend_failed;  // pairs that no backend took, or that it broke
  Counter stanzas;         // relayed
  Counter remembered;      // verdicts that were found without asking
};

}  // namespace danegate
