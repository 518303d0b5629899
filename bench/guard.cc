// What does the stanza guard cost for each octet that it lets pass?
#include <benchmark/benchmark.h>

#include <string>

#include "bench/paths/stanzas.h"
#include "proxy/xmpp/stanza_guard.h"
#include "verifier/check.h"
#include "verifier/verdict.h"

namespace danegate {
namespace {

constexpr std::size_t kReadSize = 16 * 1024;  // a TLS record

// A stream of equal stanzas, cut as TLS records cut it.
void PassStanzas(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const Domain peer = *Domain::Parse("peer.example");
  StanzaGuard guard(
      "<stream:stream xmlns='jabber:server' "
      "xmlns:stream='http://etherx.jabber.org/streams'>");
  guard.Admit(kHeaderPair,
              *Verdict({peer}, Outcome::kProved, Reason::kMatched).proven(),
              *Domain::Parse("tenant.example"), 262144);
  const std::string stanza = bench::StanzaOf(size);
  std::string flow;
  std::size_t in_flow = 0;
  for (; flow.size() < 8 * kReadSize; ++in_flow) flow += stanza;
  std::size_t stanzas = 0;
  for (auto _ : state) {
    for (std::size_t at = 0; at < flow.size(); at += kReadSize) {
      guard.OnBytes(std::string_view(flow).substr(at, kReadSize), Instant{});
      for (const auto& run : guard.runs()) stanzas += run.stanzas;
    }
  }
  DANEGATE_CHECK(!guard.end());
  DANEGATE_CHECK(stanzas ==
                 static_cast<std::size_t>(state.iterations()) * in_flow);
  state.SetItemsProcessed(static_cast<std::int64_t>(stanzas));
  state.SetBytesProcessed(static_cast<std::int64_t>(stanzas * size));
}
BENCHMARK(PassStanzas)->Arg(300)->Arg(4096)->Arg(65536);

}  // namespace
}  // namespace danegate
