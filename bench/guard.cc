// What does the stanza guard cost for each octet that it lets pass?
#include <benchmark/benchmark.h>

#include <string>

#include "bench/load/stanzas/stanza_content.h"
#include "bench/paths/stanzas.h"
#include "proxy/xmpp/stanza_guard.h"
#include "verifier/check.h"
#include "verifier/verdict.h"

namespace danegate {
namespace {

constexpr std::size_t kReadSize = 16 * 1024;  // a TLS record

// A stream of `piece`, which is `count` stanzas, over and over, cut as TLS
// records cut it.
void Pass(benchmark::State& state, const std::string& piece,
          std::size_t count) {
  const Domain peer = *Domain::Parse("peer.example");
  StanzaGuard guard(
      "<stream:stream xmlns='jabber:server' "
      "xmlns:stream='http://etherx.jabber.org/streams'>");
  guard.Admit(kHeaderPair,
              *Verdict({peer}, Outcome::kProved, Reason::kMatched).proven(),
              *Domain::Parse("tenant.example"), 262144);
  std::string flow;
  std::size_t in_flow = 0;
  for (; flow.size() < 8 * kReadSize; in_flow += count) flow += piece;
  std::size_t stanzas = 0;
  for (auto _ : state) {
    for (std::size_t at = 0; at < flow.size(); at += kReadSize) {
      guard.OnBytes(std::string_view(flow).substr(at, kReadSize), Instant{});
      for (const auto& run : guard.runs()) stanzas += run.stanzas;
    }
  }
  const auto flows = static_cast<std::size_t>(state.iterations());
  DANEGATE_CHECK(!guard.end());
  DANEGATE_CHECK(stanzas == flows * in_flow);
  state.SetItemsProcessed(static_cast<std::int64_t>(stanzas));
  state.SetBytesProcessed(static_cast<std::int64_t>(flows * flow.size()));
}

// Equal stanzas of a size.
void PassStanzas(benchmark::State& state) {
  Pass(state, bench::StanzaOf(static_cast<std::size_t>(state.range(0))), 1);
}
BENCHMARK(PassStanzas)->Arg(300)->Arg(4096)->Arg(65536);

// 4 KiB of prose in many scripts, and of small elements.
void PassKind(benchmark::State& state, StanzaKind kind) {
  std::string stanza =
      "<message from='alice@peer.example/phone' to='bob@tenant.example'>";
  AppendContent(stanza, kind, 4000);
  Pass(state, stanza + "</body></message>", 1);
}
BENCHMARK_CAPTURE(PassKind, text, StanzaKind::kText);
BENCHMARK_CAPTURE(PassKind, nested, StanzaKind::kNested);

// What servers send; and a stanza that the parser has to read, since there is a
// prefix in it.
void PassMix(benchmark::State& state) {
  Pass(state, bench::Mix(), bench::kMixStanzas);
}
BENCHMARK(PassMix);

void PassPrefixed(benchmark::State& state) {
  std::string stanza(bench::kMessage);
  stanza.insert(stanza.find("</message>"), "<x:y xmlns:x='urn:x'/>");
  Pass(state, stanza, 1);
}
BENCHMARK(PassPrefixed);

}  // namespace
}  // namespace danegate
