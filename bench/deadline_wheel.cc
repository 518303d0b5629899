// What do deadlines cost among few and among many: to set and to cancel one, a
// tick in which none is due, and one that expires (P9)?
//
// How to read it: setting, moving and expiring are flat from 10 to 10,000 but
// for the caches. A quiet tick, of which there are ten a second in each shard,
// passes over those in its slot that are due in a later turn of the wheel: 20
// of 10,000.
#include "proxy/net/deadline_wheel.h"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <deque>
#include <random>

#include "verifier/check.h"

namespace danegate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant kStart{std::chrono::hours(1)};

// Sessions whose deadlines lie 15 to 60 s ahead, as set-ups' do.
struct Sessions {
  explicit Sessions(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      deadlines.emplace_back(i);
      wheel.Set(deadlines[i], Later());
    }
  }
  Instant Later() { return now + milliseconds(15000 + random() % 45000); }

  Instant now = kStart;
  std::mt19937 random{1};
  DeadlineWheel wheel{kStart};
  std::deque<Deadline> deadlines;
};

// One more among `count`.
void SetAndCancel(benchmark::State& state) {
  Sessions sessions(static_cast<std::size_t>(state.range(0)));
  Deadline one(1u << 20);
  for (auto _ : state) {
    sessions.wheel.Set(one, kStart + seconds(15));
    DANEGATE_CHECK(one.armed());
    one.Cancel();
  }
  DANEGATE_CHECK(sessions.wheel.size() == sessions.deadlines.size());
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(SetAndCancel)->Arg(10)->Arg(10000);

// Each in turn goes on to its next phase.
void Move(benchmark::State& state) {
  Sessions sessions(static_cast<std::size_t>(state.range(0)));
  std::size_t next = 0;
  int phase = 0;
  for (auto _ : state) {
    phase = (phase + 7) % 450;
    const Instant at = kStart + milliseconds(15000 + 100 * phase);
    sessions.wheel.Set(sessions.deadlines[next], at);
    DANEGATE_CHECK(sessions.deadlines[next].at() == at);
    if (++next == sessions.deadlines.size()) next = 0;
  }
  DANEGATE_CHECK(sessions.wheel.size() == sessions.deadlines.size());
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(Move)->Arg(10)->Arg(10000);

// All deadlines are hours ahead, and are passed over once a turn of the wheel.
void QuietTick(benchmark::State& state) {
  Sessions sessions(static_cast<std::size_t>(state.range(0)));
  for (auto& deadline : sessions.deadlines) {
    sessions.wheel.Set(deadline, deadline.at() + std::chrono::hours(1'000'000));
  }
  for (auto _ : state) {
    sessions.now = sessions.now + DeadlineWheel::kTick;
    DANEGATE_CHECK(sessions.wheel.TakeDue(sessions.now).empty());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(QuietTick)->Arg(10)->Arg(10000);

// Time goes on tick by tick, and who expires gets a new deadline: items are
// deadlines that expired.
void Expire(benchmark::State& state) {
  Sessions sessions(static_cast<std::size_t>(state.range(0)));
  std::int64_t expired = 0;
  for (auto _ : state) {
    sessions.now = sessions.now + DeadlineWheel::kTick;
    for (const std::uint64_t owner : sessions.wheel.TakeDue(sessions.now)) {
      sessions.wheel.Set(sessions.deadlines[owner], sessions.Later());
      ++expired;
    }
  }
  DANEGATE_CHECK(sessions.wheel.size() == sessions.deadlines.size());
  DANEGATE_CHECK(expired > 0 || state.iterations() < 600);
  state.SetItemsProcessed(expired);
}
BENCHMARK(Expire)->Arg(10)->Arg(10000);

}  // namespace
}  // namespace danegate
