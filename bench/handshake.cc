// How many full handshakes with certificates on both sides does a core make?
// Both ends run here: a shard pays about half of it.
#include <benchmark/benchmark.h>

#include <optional>

#include "tests/tls/tls_pair.h"

namespace danegate {
namespace {

void MutualHandshake(benchmark::State& state) {
  const auto served = test::SelfSigned("tenant.example");
  const auto presented = test::SelfSigned("peer.example");
  const ServerContext server_context(test::Serve(served));
  const ClientContext client_context;
  for (auto _ : state) {
    TlsEngine server = TlsEngine::Accept(server_context, std::nullopt, true);
    TlsEngine client = TlsEngine::Connect(client_context, presented,
                                          test::Name("tenant.example"), true);
    test::Shuttle(client, server);
    if (server.state() != TlsEngine::State::kOpen ||
        server.peer_chain().empty()) {
      state.SkipWithError("the handshake failed");
      break;
    }
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(MutualHandshake);

}  // namespace
}  // namespace danegate
