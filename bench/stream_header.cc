// What does a stream header cost: read, judged, and written anew?
//
// How to read it: a set-up has three from the peer and three from the backend,
// and we write as many. The first row makes a parser for it, as each new stream
// does; the others are what is not the parser, so the difference is expat's.
#include "proxy/xmpp/stream_header.h"

#include <benchmark/benchmark.h>

#include <optional>
#include <string>
#include <variant>

#include "proxy/xmpp/stream_reader.h"
#include "tests/support/ingress_script.h"
#include "verifier/check.h"

namespace danegate {
namespace {

// With a namespace and a language, which go on to the backend.
const std::string kHeader = PeerHeader(
    "xmlns:sm='urn:xmpp:sm:3' xml:lang='en' from='peer.example' "
    "to='tenant.example' version='1.0'");

StreamHeader Read(std::string_view text) {
  StreamReader reader(NegotiationLimits());
  auto event = reader.Next(text);
  DANEGATE_CHECK(event.has_value());
  auto* header = std::get_if<StreamHeader>(&*event);
  DANEGATE_CHECK(header != nullptr && text.empty());
  return std::move(*header);
}

std::string Anew(const StreamHeader& header) {
  const auto declarations = DeclarationsOf(header);
  return WriteHeader({.id = "6f0c1d7b2a914e5c8d3b7f60a1e2c4d5",
                      .from = *header.from,
                      .to = *header.to,
                      .lang = declarations.lang,
                      .declarations = &declarations});
}

void ReadJudgeAndWrite(benchmark::State& state) {
  for (auto _ : state) {
    const StreamHeader header = Read(kHeader);
    DANEGATE_CHECK(!CheckHeader(header));
    const std::string written = Anew(header);
    DANEGATE_CHECK(written.find("xmlns:sm=") != std::string::npos);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(ReadJudgeAndWrite);

void Judge(benchmark::State& state) {
  const StreamHeader header = Read(kHeader);
  for (auto _ : state) {
    const auto error = CheckHeader(header);
    DANEGATE_CHECK(!error);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(Judge);

void Write(benchmark::State& state) {
  const StreamHeader header = Read(kHeader);
  const std::string expected = Anew(header);
  for (auto _ : state) {
    const std::string written = Anew(header);
    DANEGATE_CHECK(written.size() == expected.size());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(Write);

}  // namespace
}  // namespace danegate
