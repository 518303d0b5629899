// What does the protocol of a stream's set-up cost, without TLS, verification
// and sockets: the peer's stream to us, and ours to the backend?
//
// How to read it: beside MutualHandshake (handshake.cc), of which a set-up
// makes one half on each side; this is what is left to gain in proxy/xmpp. Each
// step of the other side is one input; five parsers come and go in a set-up.
#include <benchmark/benchmark.h>

#include "bench/paths/opened_backend.h"
#include "bench/paths/served_stream.h"
#include "verifier/check.h"

namespace danegate::bench {
namespace {

// From the first octet to the established stream, and its end.
void IngressSetup(benchmark::State& state) {
  StreamIds ids;
  for (auto _ : state) {
    ServedStream served(ids);
    Establish(served);
    DANEGATE_CHECK(served.sent() > 0);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(IngressSetup);

// From the connection to the features behind EXTERNAL, and its end.
void EgressSetup(benchmark::State& state) {
  for (auto _ : state) OpenBackendStream();
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(EgressSetup);

}  // namespace
}  // namespace danegate::bench
