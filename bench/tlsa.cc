// What does it cost to match a chain against TLSA records, by usage?
//
// How to read it: it is paid once for each verdict that is not remembered, on a
// verifier thread, beside five look-ups (verdict.cc). The chain is parsed for
// every usage, which is most of what usage 3 takes: the rest is a digest. Usage
// 2 checks the signatures up to the anchor besides. Of a set of four the last
// matches, as in a roll-over of keys.
#include <benchmark/benchmark.h>

#include <vector>

#include "tests/verifier/tlsa_case.h"
#include "verifier/check.h"

namespace danegate::test {
namespace {

// root -> intermediate -> leaf for peer.example; the root is not sent.
struct Peer {
  const TestCertificate root = Issue(Authority("root"));
  const TestCertificate intermediate = Issue(Authority("intermediate"), &root);
  const TestCertificate leaf =
      Issue({.names = {DnsName("peer.example")}}, &intermediate);
};

const Peer& ThePeer() {
  static const Peer peer;
  return peer;
}

void Match(benchmark::State& state, const std::vector<TlsaRecord>& records,
           Prooftype prooftype) {
  const Peer& peer = ThePeer();
  const Case tried{ChainOf({&peer.leaf, &peer.intermediate}), records};
  for (auto _ : state) {
    const TlsaMatch match = tried.Match();
    DANEGATE_CHECK(match.kind == Kind::kMatch);
    DANEGATE_CHECK(match.prooftype == prooftype);
  }
  state.SetItemsProcessed(state.iterations());
}

void Match311(benchmark::State& state) {
  Match(state, {Naming(ThePeer().leaf, 3, 1, 1)}, Prooftype::kDaneEe);
}
BENCHMARK(Match311);

void Match301(benchmark::State& state) {
  Match(state, {Naming(ThePeer().leaf, 3, 0, 1)}, Prooftype::kDaneEe);
}
BENCHMARK(Match301);

void Match211(benchmark::State& state) {
  Match(state, {Naming(ThePeer().intermediate, 2, 1, 1)}, Prooftype::kDaneTa);
}
BENCHMARK(Match211);

void MatchTheLastOfFour(benchmark::State& state) {
  const TlsaRecord right = Naming(ThePeer().leaf, 3, 1, 1);
  Match(state,
        {Broken(right), Broken(Naming(ThePeer().leaf, 3, 0, 1)),
         Broken(Naming(ThePeer().intermediate, 3, 1, 1)), right},
        Prooftype::kDaneEe);
}
BENCHMARK(MatchTheLastOfFour);

}  // namespace
}  // namespace danegate::test
