// What does the certificate of a hand-off cost, fresh and from EdgeCa's own
// memory?
//
// How to read it: a set-up needs one. Fresh ones are a signature and the DER
// around it, with the memory full, so that one goes for each that comes. What
// is kept is found in a table of 1,000 peers, which come in turn.
#include <benchmark/benchmark.h>

#include <memory>

#include "bench/paths/minting.h"

namespace danegate::bench {
namespace {

// In turn, more peers than are kept: each has been forgotten when it comes.
void MintFresh(benchmark::State& state) {
  EdgeCa ca = NewEdgeCa();
  const auto peers = ProvenPeers(EdgeCa::kMaxKept + 1);
  const auto first = ca.Mint(peers[0], test::kTestNow);
  for (std::size_t i = 1; i < peers.size(); ++i) {
    ca.Mint(peers[i], test::kTestNow);
  }
  std::size_t next = 0;
  for (auto _ : state) {
    const auto minted = ca.Mint(peers[next], test::kTestNow);
    DANEGATE_CHECK(minted.use_count() == 2);  // ours and EdgeCa's: not `first`
    DANEGATE_CHECK(minted != first);
    if (++next == peers.size()) next = 0;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(MintFresh);

void MintKept(benchmark::State& state) {
  EdgeCa ca = NewEdgeCa();
  const auto peers = ProvenPeers(1000);
  std::vector<std::shared_ptr<const Credential>> kept;
  for (const auto& peer : peers) kept.push_back(ca.Mint(peer, test::kTestNow));
  std::size_t next = 0;
  for (auto _ : state) {
    DANEGATE_CHECK(ca.Mint(peers[next], test::kTestNow) == kept[next]);
    if (++next == peers.size()) next = 0;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(MintKept);

}  // namespace
}  // namespace danegate::bench
