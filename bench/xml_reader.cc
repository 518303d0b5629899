// What does reading cost, for each octet of what servers send: a message with
// the extensions of today's clients, presence, a disco answer, and stanzas of
// little but attributes?
//
// How to read it: bytes_per_second is the parser's share of the guard's speed
// (guard.cc) where a stanza is not plain; text is not wanted, as within one. It
// is expat's speed but for the tag scanner and the checks of each start tag, so
// compare the rows with each other: what grows with tags and attributes is ours
// and expat's, what grows with text is memchr.
#include "proxy/xmpp/xml_reader.h"

#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

#include "bench/paths/stanzas.h"
#include "proxy/xmpp/stream_reader.h"
#include "verifier/check.h"

namespace danegate {
namespace {

constexpr std::size_t kReadSize = 16 * 1024;  // a TLS record

constexpr std::string_view kRoot =
    "<stream:stream xmlns='jabber:server' "
    "xmlns:stream='http://etherx.jabber.org/streams'>";

// Twenty elements of sixteen attributes.
std::string Attributes() {
  std::string stanza =
      "<iq from='peer.example' to='tenant.example' type='set' id='a1'>"
      "<table xmlns='urn:example:table'>";
  for (int row = 0; row < 20; ++row) {
    stanza += "<row";
    for (int column = 0; column < 16; ++column) {
      stanza += " c" + std::to_string(column) + "='" +
                std::to_string(row * column) + "'";
    }
    stanza += "/>";
  }
  return stanza + "</table></iq>";
}

class Counter final : public XmlReader::Sink {
 public:
  std::size_t starts = 0;  // of stanzas
  std::size_t ends = 0;

 private:
  void OnNamespace(std::string_view, std::string_view) override {}
  void OnStart(std::size_t depth, const XmlStart& start) override {
    starts += depth == 1;
    benchmark::DoNotOptimize(start.name());
  }
  void OnEnd(std::size_t depth) override { ends += depth == 1; }
  void OnText(std::string_view) override {}
};

// A stream of equal stanzas, cut as TLS records cut it.
void ReadStanzas(benchmark::State& state, const std::string& stanza) {
  std::string flow;
  std::size_t in_flow = 0;
  for (; flow.size() < 8 * kReadSize; ++in_flow) flow += stanza;
  Counter counter;
  XmlReader reader(StanzaLimits(), counter);
  DANEGATE_CHECK(reader.Feed(kRoot));
  for (auto _ : state) {
    for (std::size_t at = 0; at < flow.size(); at += kReadSize) {
      reader.Feed(std::string_view(flow).substr(at, kReadSize));
    }
  }
  const auto flows = static_cast<std::size_t>(state.iterations());
  DANEGATE_CHECK(!reader.over());
  DANEGATE_CHECK(counter.starts == flows * in_flow);
  DANEGATE_CHECK(counter.ends == counter.starts);
  state.SetItemsProcessed(static_cast<std::int64_t>(counter.ends));
  state.SetBytesProcessed(static_cast<std::int64_t>(flows * flow.size()));
  state.counters["octets"] = static_cast<double>(stanza.size());
}
BENCHMARK_CAPTURE(ReadStanzas, message, std::string(bench::kMessage));
BENCHMARK_CAPTURE(ReadStanzas, presence, std::string(bench::kPresence));
BENCHMARK_CAPTURE(ReadStanzas, disco, bench::DiscoAnswer());
BENCHMARK_CAPTURE(ReadStanzas, attributes, Attributes());

}  // namespace
}  // namespace danegate
