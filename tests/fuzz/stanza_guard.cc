// Properties: what passes the guard does not depend on how the input was cut
// (A1.13); and a backend reads nothing else in it than stanzas of the proven
// pair (L-02).
#include "proxy/xmpp/stanza_guard.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

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
    for (const auto& run : guard.runs()) {
      passed += run.bytes;
      stanzas += run.stanzas;
    }
  }

  StanzaGuard guard;
  std::string passed;
  std::size_t stanzas = 0;
};

void CheckBackendView(const Guarded& guarded) {
  BackendView view({{{"x", "urn:x"}}, ""});
  view.Read(guarded.passed);
  DANEGATE_CHECK(view.good());
  DANEGATE_CHECK(view.stanzas().size() == guarded.stanzas);
  for (const auto& stanza : view.stanzas()) {
    DANEGATE_CHECK(stanza.name == "jabber:server message" ||
                   stanza.name == "jabber:server presence" ||
                   stanza.name == "jabber:server iq");
    DANEGATE_CHECK(stanza.from == "peer.example");
    DANEGATE_CHECK(stanza.to == "tenant.example");
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
  CheckBackendView(whole);

  const std::size_t first = data[0];
  const std::size_t piece = data[1] % 64 + 1u;
  Guarded cut;
  cut.Feed(input.substr(0, first));
  for (std::size_t i = first; i < input.size(); i += piece) {
    cut.Feed(input.substr(i, piece));
  }
  DANEGATE_CHECK(cut.passed == whole.passed);
  DANEGATE_CHECK(cut.stanzas == whole.stanzas);
  DANEGATE_CHECK(cut.guard.within_stanza() || !whole.guard.end() ||
                 cut.guard.end());
  return 0;
}
