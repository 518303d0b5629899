// Properties: what the scanner of plain stanzas takes is one stanza to the
// parser too, with the same name and addresses and the same last octet;
// and a guard that scans lets the same pass, and ends in the same words, as one
// that asks the parser alone; and the same passes, and it ends, however the
// input is cut (A1.13): it may be of two faults the other that is seen first.
#include "proxy/xmpp/plain_stanza.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/xmpp/namespaces.h"
#include "proxy/xmpp/stanza_guard.h"
#include "proxy/xmpp/stream_reader.h"
#include "proxy/xmpp/xml_reader.h"
#include "tests/support/domains.h"
#include "verifier/check.h"

namespace {

using namespace danegate;

constexpr std::string_view kScope =
    "<stream:stream xmlns:x='urn:x' xmlns='jabber:server' "
    "xmlns:stream='http://etherx.jabber.org/streams' "
    "xmlns:db='jabber:server:dialback'>";
// The same to a parser; a guard takes it for one that it does not know.
constexpr std::string_view kParsedScope =
    "<stream:stream xmlns:x='urn:x' xmlns=\"jabber:server\" "
    "xmlns:stream='http://etherx.jabber.org/streams' "
    "xmlns:db='jabber:server:dialback'>";

// Looks at the one first-level element that it expects.
class Witness final : private XmlReader::Sink {
 public:
  explicit Witness(const PlainStanza& expected) : expected_(expected) {
    reader_.WantText(true);
    reader_.Feed(kScope);
    const auto& bytes = expected.bytes;
    DANEGATE_CHECK(reader_.Feed(bytes.substr(0, bytes.size() - 1)));
    DANEGATE_CHECK(ends_ == 0);
    DANEGATE_CHECK(reader_.Feed(bytes.substr(bytes.size() - 1)));
    DANEGATE_CHECK(starts_ == 1 && ends_ == 1 && reader_.pending() == 0);
  }

 private:
  void OnNamespace(std::string_view prefix, std::string_view) override {
    DANEGATE_CHECK(reader_.fed() <= kScope.size() || prefix.empty());
  }
  void OnStart(std::size_t depth, const XmlStart& start) override {
    if (depth != 1) return;
    ++starts_;
    DANEGATE_CHECK(start.name().Is(xmlns::kServer, expected_.name));
    DANEGATE_CHECK(start.name().prefix.empty());
    DANEGATE_CHECK(start.Attribute("from") == expected_.from);
    DANEGATE_CHECK(start.Attribute("to") == expected_.to);
  }
  void OnEnd(std::size_t depth) override { ends_ += depth == 1; }
  void OnText(std::string_view) override { DANEGATE_CHECK(starts_ > ends_); }

  const PlainStanza expected_;
  int starts_ = 0;
  int ends_ = 0;
  XmlReader reader_{StanzaLimits(), *this};
};

// Everything that a guard says, in one text.
struct Said {
  explicit Said(std::string_view scope) : guard(std::string(scope)) {
    guard.Admit(0, Proven("peer.example"), D("tenant.example"), 2000);
    guard.Admit(1, Proven("b.example"), D("tenant.example"), 300);
  }
  void Feed(std::string_view bytes) {
    guard.OnBytes(bytes, Instant{});
    for (const auto& run : guard.runs()) {
      passed.at(run.pair) += run.bytes;
      stanzas.at(run.pair) += run.stanzas;
    }
  }
  std::string State() const {
    const auto& end = guard.end();
    if (!end) return guard.within_stanza() ? "within" : "between";
    return std::to_string(static_cast<int>(end->kind)) +
           std::string(ToString(end->error.condition)) + end->error.text;
  }

  StanzaGuard guard;
  std::array<std::string, 2> passed;
  std::array<std::size_t, 2> stanzas{};
};

// A comment or an instruction is refused before it is complete, and before what
// is wrong in it, if no more of it has come: in words of its own.
bool HasRestricted(std::string_view input) {
  return input.find("<!-") != input.npos || input.find("<?") != input.npos;
}

// Of text between stanzas that is no XML either, one fault or the other is told
// first.
bool HasText(const Said& said) {
  const auto& end = said.guard.end();
  return end && end->error.text == "there is text between two stanzas";
}

// What is wrong in a long tag that is not complete may be seen in pieces and
// not in the whole, or the other way round.
void CheckPassed(const Said& whole, const Said& cut) {
  DANEGATE_CHECK(whole.passed == cut.passed);
  DANEGATE_CHECK(whole.stanzas == cut.stanzas);
  DANEGATE_CHECK(whole.guard.end().has_value() == cut.guard.end().has_value() ||
                 cut.guard.within_stanza() || whole.guard.within_stanza());
}

void CheckSame(const Said& parsed, const Said& scanned,
               std::string_view input) {
  CheckPassed(parsed, scanned);
  DANEGATE_CHECK(parsed.State() == scanned.State() || HasRestricted(input) ||
                 scanned.guard.within_stanza() || HasText(parsed) ||
                 HasText(scanned));
}

void CheckScanner(std::string_view rest) {
  while (!rest.empty()) {
    const auto stanza = ScanPlainStanza(rest);
    if (stanza) Witness witness(*stanza);
    rest.remove_prefix(stanza ? stanza->bytes.size() : FindStanza(rest, 1));
  }
}

void CheckGuards(std::string_view input, std::size_t half) {
  Said parsed(kParsedScope);
  parsed.Feed(input);
  Said whole(kScope);
  whole.Feed(input);
  CheckSame(parsed, whole, input);
  Said cut(kScope);
  for (const char& octet : input) cut.Feed({&octet, 1});
  CheckPassed(whole, cut);
  Said halved(kScope);
  halved.Feed(input.substr(0, half));
  halved.Feed(input.substr(half));
  CheckPassed(whole, halved);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  CheckScanner(input);
  CheckGuards(input, data[0] * size / 256);
  const std::string content =
      "<message from='a@peer.example' to='tenant.example'>" +
      std::string(input) + "</message>";
  CheckScanner(content + content);
  CheckGuards(content + content, data[0] * content.size() / 128);
  return 0;
}
