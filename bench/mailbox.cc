// What does it cost to hand values from one thread to another, alone and in
// batches: a verifier's answers to a shard?
//
// How to read it: items are values. One thread: the allocation, the exchanges
// and the reversal, with nothing contended. Two threads: one puts a batch and
// waits until the other, which looks all the time, has all of it; by the clock,
// for the cache lines' way is not CPU time. Waking a loop (uv_async_send) is no
// part of it, and comes once a batch. On a machine with one free core the
// second rows are the scheduler's.
#include "verifier/mailbox.h"

#include <benchmark/benchmark.h>

#include <atomic>
#include <memory>
#include <thread>

#include "verifier/check.h"
#include "verifier/service.h"

namespace danegate {
namespace {

// What a shard gets most.
VerifierReply AReply() {
  static const auto verdict = std::make_shared<const Verdict>(
      ClaimedDomain{*Domain::Parse("peer.example")}, Outcome::kProved,
      Reason::kMatched);
  return VerdictReply{7, verdict};
}

void PutAndDrain(benchmark::State& state) {
  const auto batch = static_cast<std::size_t>(state.range(0));
  Mailbox<VerifierReply> box;
  for (auto _ : state) {
    for (std::size_t i = 0; i < batch; ++i) {
      const bool was_empty = box.Put(AReply());
      DANEGATE_CHECK(was_empty == (i == 0));
    }
    DANEGATE_CHECK(box.Drain().size() == batch);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(PutAndDrain)->Arg(1)->Arg(16)->Arg(256);

// Looks again and again; where the core is wanted by others it lets them go
// first now and then.
class Patience {
 public:
  void Wait() {
    if (++looks_ % 4096 == 0) std::this_thread::yield();
  }

 private:
  unsigned looks_ = 0;
};

// Drains until it is told to end.
class Consumer {
 public:
  explicit Consumer(Mailbox<VerifierReply>& box)
      : thread_([this, &box] {
          Patience patience;
          while (!over_.load(std::memory_order_relaxed)) {
            const auto values = box.Drain();
            if (values.empty()) patience.Wait();
            taken_.fetch_add(values.size(), std::memory_order_release);
          }
        }) {}
  ~Consumer() {
    over_ = true;
    thread_.join();
  }
  void AwaitTaken(std::uint64_t count) const {
    Patience patience;
    while (taken_.load(std::memory_order_acquire) < count) patience.Wait();
  }
  std::uint64_t taken() const { return taken_; }

 private:
  std::atomic<bool> over_ = false;
  alignas(64) std::atomic<std::uint64_t> taken_ = 0;
  std::thread thread_;
};

void HandToAnotherThread(benchmark::State& state) {
  const auto batch = static_cast<std::size_t>(state.range(0));
  Mailbox<VerifierReply> box;
  Consumer consumer(box);
  std::uint64_t put = 0;
  for (auto _ : state) {
    for (std::size_t i = 0; i < batch; ++i) box.Put(AReply());
    consumer.AwaitTaken(put += batch);
  }
  DANEGATE_CHECK(consumer.taken() == put);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(HandToAnotherThread)->Arg(1)->Arg(16)->Arg(256)->UseRealTime();

}  // namespace
}  // namespace danegate
