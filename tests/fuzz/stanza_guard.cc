// Properties: what passes the guard, and which dialback is handed out in which
// order, does not depend on how the input was cut (A1.13), nor on where the
// guard rested; and a backend reads
// nothing else in it than stanzas of its pair (L-02).
#include "proxy/xmpp/stanza_guard.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "tests/support/backend_view.h"
#include "tests/support/domains.h"
#include "verifier/check.h"

namespace {

using namespace danegate;

struct Guarded {
  Guarded()
      : guard(
            "<stream:stream xmlns='jabber:server' "
            "xmlns:stream='http://etherx.jabber.org/streams' "
            "xmlns:db='jabber:server:dialback' xmlns:x='urn:x'>") {
    guard.Admit(0, Proven("peer.example"), D("tenant.example"), 2000);
    guard.Admit(1, Proven("b.example"), D("tenant.example"), 1000);
    guard.Admit(2, Proven("peer.example"), D("y.example"), 3000);
  }

  void Feed(std::string_view bytes) {
    guard.OnBytes(bytes, Instant{});
    std::size_t next = 0;
    for (const auto& dialback : guard.dialback()) {
      Pass(std::exchange(next, dialback.runs_before), dialback.runs_before);
      order += '(' + dialback.element.local + dialback.element.text + ')';
    }
    Pass(next, guard.runs().size());
  }
  void Pass(std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto& run = guard.runs()[i];
      passed.at(run.pair) += run.bytes;
      stanzas.at(run.pair) += run.stanzas;
      order += std::string(run.stanzas, static_cast<char>('0' + run.pair));
    }
  }

  StanzaGuard guard;
  std::array<std::string, 3> passed;
  std::array<std::size_t, 3> stanzas{};
  std::string order;
};

constexpr std::pair<std::string_view, std::string_view> kPairs[] = {
    {"peer.example", "tenant.example"},
    {"b.example", "tenant.example"},
    {"peer.example", "y.example"}};

void CheckBackendView(const Guarded& guarded, std::size_t pair) {
  BackendView view({{{"x", "urn:x"}}, ""});
  view.Read(guarded.passed[pair]);
  DANEGATE_CHECK(view.good());
  DANEGATE_CHECK(view.stanzas().size() == guarded.stanzas[pair]);
  for (const auto& stanza : view.stanzas()) {
    DANEGATE_CHECK(stanza.name == "jabber:server message" ||
                   stanza.name == "jabber:server presence" ||
                   stanza.name == "jabber:server iq");
    DANEGATE_CHECK(stanza.from == kPairs[pair].first);
    DANEGATE_CHECK(stanza.to == kPairs[pair].second);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 2) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data + 2),
                               size - 2);
  Guarded whole;
  whole.Feed(input);
  for (std::size_t pair = 0; pair < 3; ++pair) CheckBackendView(whole, pair);

  const std::size_t first = data[0];
  const std::size_t piece = data[1] % 64 + 1u;
  Guarded cut;
  cut.Feed(input.substr(0, first));
  for (std::size_t i = first; i < input.size(); i += piece) {
    if (data[1] >= 128) cut.guard.Rest();
    cut.Feed(input.substr(i, piece));
  }
  DANEGATE_CHECK(cut.passed == whole.passed);
  DANEGATE_CHECK(cut.order == whole.order);
  DANEGATE_CHECK(cut.guard.within_stanza() || !whole.guard.end() ||
                 cut.guard.end());
  return 0;
}
