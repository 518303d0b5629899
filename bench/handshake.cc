// How many full handshakes with certificates on both sides does a core make?
// Both ends run here: a shard pays about half of it.
#include <benchmark/benchmark.h>

#include <optional>

#include "tests/tls/tls_pair.h"
#include "verifier/check.h"

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
    DANEGATE_CHECK(server.state() == TlsEngine::State::kOpen);
    DANEGATE_CHECK(client.state() == TlsEngine::State::kOpen);
    DANEGATE_CHECK(!server.peer_chain().empty());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(MutualHandshake);

}  // namespace
}  // namespace danegate
