// What does a stanza on an established stream cost, from ciphertext of the peer
// to ciphertext for the backend?
//
// How to read it: CPU time is the edge's alone, but for the system calls: open
// a record, guard, seal a record (bench/paths/relay_path.h). Each stanza comes
// in a read of its own, as under light load; the peer's sealing is not timed.
// Two octets are encrypted or decrypted for each one of bytes_per_second.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <vector>

#include "bench/paths/relay_path.h"
#include "bench/paths/stanzas.h"
#include "verifier/check.h"

namespace danegate::bench {
namespace {

// Sealed at a time, without the clock; fits the second cache.
constexpr std::size_t kBatchOctets = 256 * 1024;

void RelayStanza(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const std::string stanza = StanzaOf(size);
  RelayPath path;
  path.CheckArrival(stanza);
  const std::size_t batch = std::max<std::size_t>(1, kBatchOctets / size);
  std::size_t sent = 1;
  while (state.KeepRunningBatch(static_cast<std::int64_t>(batch))) {
    state.PauseTiming();
    std::vector<std::string> reads;
    for (std::size_t i = 0; i < batch; ++i, ++sent) {
      for (auto& read : path.Seal(stanza)) reads.push_back(std::move(read));
    }
    state.ResumeTiming();
    for (const auto& read : reads) path.OnBytes(read);
  }
  DANEGATE_CHECK(path.stanzas() == sent);
  DANEGATE_CHECK(path.relayed() == sent * size);
  DANEGATE_CHECK(path.written() > path.relayed());
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(RelayStanza)->Arg(300)->Arg(4096)->Arg(65536);

}  // namespace
}  // namespace danegate::bench
