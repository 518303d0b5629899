// The guard of a stream with several pairs, and dialback between stanzas.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <tuple>

#include "proxy/xmpp/limits.h"
#include "proxy/xmpp/stanza_guard.h"
#include "tests/support/domains.h"

namespace danegate {
namespace {

struct Guarded {
  Guarded()
      : guard(
            "<stream:stream xmlns='jabber:server' "
            "xmlns:stream='http://etherx.jabber.org/streams' "
            "xmlns:db='jabber:server:dialback'>") {}

  void Admit(PairNumber number, std::string_view from, std::string_view to,
             std::size_t stanza_bytes = 10'000) {
    guard.Admit(number, Proven(from), D(to), stanza_bytes);
  }
  // "0: <message…>|2: …", dialback as "db: LOCAL TEXT", in order.
  void Feed(std::string_view bytes) {
    guard.OnBytes(bytes, Instant{});
    std::size_t next = 0;
    const auto note_runs = [&](std::size_t end) {
      for (; next < end; ++next) {
        const auto& run = guard.runs()[next];
        passed[run.pair] += run.bytes;
        order += std::string(run.stanzas, static_cast<char>('0' + run.pair));
      }
    };
    for (const auto& dialback : guard.dialback()) {
      note_runs(dialback.runs_before);
      order += '(' + dialback.element.local + ' ' + dialback.element.text + ')';
    }
    note_runs(guard.runs().size());
  }
  std::string Condition() const {
    return guard.end() ? std::string(ToString(guard.end()->error.condition))
                       : "open";
  }

  StanzaGuard guard;
  std::map<PairNumber, std::string> passed;
  std::string order;  // a digit for a stanza's pair
};

std::string Message(std::string_view from, std::string_view to) {
  return "<message from='" + std::string(from) + "' to='" + std::string(to) +
         "'/>";
}

TEST(GuardPairs, TellsThePairOfEachRun) {
  Guarded guarded;
  guarded.Admit(0, "a.example", "x.example");
  guarded.Admit(5, "b.example", "y.example");
  const auto input =
      Message("a.example", "x.example") + Message("a.example", "x.example") +
      Message("n@b.example", "y.example/r") + Message("a.example", "x.example");
  guarded.guard.OnBytes(input, Instant{});
  ASSERT_EQ(guarded.guard.runs().size(), 3u);
  EXPECT_EQ(guarded.guard.runs()[0].stanzas, 2u);
  EXPECT_EQ(guarded.guard.runs()[0].bytes.data(), input.data());  // no copy
  EXPECT_EQ(guarded.guard.runs()[1].pair, 5u);
  EXPECT_EQ(guarded.guard.runs()[2].pair, 0u);
}

TEST(GuardPairs, PassTheSameHoweverTheyAreCut) {  // A1.13
  const auto a = Message("a.example", "x.example");
  const auto b = Message("b.example", "y.example");
  const std::string verify =
      "<v:verify xmlns:v='jabber:server:dialback' id='1'> k<z/>ey</v:verify>";
  const auto input = a + b + verify + " " + a + "<db:result>r</db:result>" + b;
  for (std::size_t cut = 0; cut <= input.size(); ++cut) {
    Guarded guarded;
    guarded.Admit(0, "a.example", "x.example");
    guarded.Admit(1, "b.example", "y.example");
    guarded.Feed(std::string_view(input).substr(0, cut));
    guarded.Feed(std::string_view(input).substr(cut));
    ASSERT_EQ(guarded.order, "01(verify  key)0(result r)1") << cut;
    ASSERT_EQ(guarded.passed[0], a + a) << cut;
    ASSERT_EQ(guarded.passed[1], b + b) << cut;
    ASSERT_EQ(guarded.Condition(), "open");
  }
}

TEST(GuardPairs, AreNotTwoSets) {
  const std::tuple<const char*, const char*, const char*> rows[] = {
      {"a.example", "y.example", "invalid-from"},
      {"b.example", "x.example", "invalid-from"},
      {"x.example", "a.example", "host-unknown"},
      {"c.example", "y.example", "invalid-from"},
      {"a.example", "z.example", "host-unknown"},
      {"A.EXAMPLE", "Y.example.", "invalid-from"},
      {"a..b", "y.example", "improper-addressing"},
      {"b.example", "192.0.2.1", "improper-addressing"},
  };
  for (const auto& [from, to, condition] : rows) {
    Guarded guarded;
    guarded.Admit(0, "a.example", "x.example");
    guarded.Admit(1, "b.example", "y.example");
    guarded.Feed(Message(from, to));
    EXPECT_EQ(guarded.Condition(), condition) << from << " to " << to;
    EXPECT_EQ(guarded.order, "");
  }
}

TEST(GuardPairs, AreFoundInEverySpelling) {  // A-21, G-63
  Guarded guarded;
  guarded.Admit(0, "xn--bcher-kva.example", "x.example");
  guarded.Admit(1, "b.example", "x.example");
  for (int twice = 0; twice < 2; ++twice) {
    guarded.Feed(Message("bücher.example", "X.Example") +
                 Message("B.example.", "x.example.") +
                 Message("xn--bcher-kva.example", "x.example"));
  }
  EXPECT_EQ(guarded.order, "010010");
}

TEST(GuardPairs, CountFromTheNextInputOn) {  // L-02
  Guarded guarded;
  guarded.Admit(0, "a.example", "x.example");
  guarded.Feed(Message("a.example", "x.example"));
  guarded.Admit(1, "b.example", "x.example");
  guarded.Feed(Message("b.example", "x.example"));
  EXPECT_EQ(guarded.order, "01");
  Guarded empty;
  empty.Feed(Message("a.example", "x.example"));
  EXPECT_EQ(empty.Condition(), "host-unknown");
}

TEST(GuardPairs, HoldTheirOwnLimits) {
  for (const std::size_t piece : {1u, 100u, 5000u}) {
    for (const bool first : {true, false}) {
      Guarded guarded;
      guarded.Admit(0, "a.example", "x.example", 1000);
      guarded.Admit(1, "b.example", "x.example", 3000);
      const std::string stanza =
          "<message from='" + std::string(first ? "a" : "b") +
          ".example' to='x.example'>" + std::string(2000, 'x') + "</message>";
      for (std::size_t i = 0; i < stanza.size(); i += piece) {
        guarded.Feed(std::string_view(stanza).substr(i, piece));
      }
      EXPECT_EQ(guarded.Condition(), first ? "policy-violation" : "open");
      EXPECT_EQ(guarded.order, first ? "" : "1");
    }
  }
}

TEST(GuardPairs, BoundAnElementOfDialback) {  // A-69, L-06
  const std::string contents[] = {
      std::string(9000, 'x'),
      [] {
        std::string out;
        for (int i = 0; i < 3000; ++i) out += "<a/>";
        return out;
      }(),
  };
  for (const auto& content : contents) {
    for (const std::size_t piece : {1u, 4096u, 100'000u}) {
      Guarded guarded;
      const auto element = "<db:result>" + content + "</db:result>";
      for (std::size_t i = 0; i < element.size(); i += piece) {
        guarded.Feed(std::string_view(element).substr(i, piece));
      }
      EXPECT_EQ(guarded.Condition(), "policy-violation");
      EXPECT_EQ(guarded.order, "");
    }
  }
}

// Of few octets, each element of it with a copy of the namespace.
TEST(GuardPairs, BoundTheMemoryOfAnElementOfDialback) {  // A3
  std::string element = "<db:result xmlns='" + std::string(2000, 'u') + "'>";
  for (int i = 0; i < 100; ++i) element += "<a/>";
  element += "</db:result>";
  for (const std::size_t piece : {1u, 100'000u}) {
    Guarded guarded;
    for (std::size_t i = 0; i < element.size(); i += piece) {
      guarded.Feed(std::string_view(element).substr(i, piece));
    }
    EXPECT_EQ(guarded.Condition(), "policy-violation");
    EXPECT_EQ(guarded.order, "");
  }
}

TEST(GuardPairs, LetDialbackOfAnySizeBelowTheBoundThrough) {
  const std::string element =
      "<db:result>" + std::string(limits::kNegotiationElementBytes - 23, 'x') +
      "</db:result>";
  ASSERT_EQ(element.size(), limits::kNegotiationElementBytes);
  for (const std::size_t piece : {1u, 4096u, 100'000u}) {
    Guarded guarded;
    const auto input = element + std::string(500, ' ');
    for (std::size_t i = 0; i < input.size(); i += piece) {
      guarded.Feed(std::string_view(input).substr(i, piece));
    }
    EXPECT_EQ(guarded.Condition(), "open")
        << piece << ": " << guarded.guard.end()->error.text;
  }
}

TEST(GuardPairs, OutliveAnyNumberOfNamesInDialback) {
  Guarded guarded;
  for (int i = 0; i < 5000 && !guarded.guard.end(); ++i) {
    const auto name = "name" + std::to_string(i);
    guarded.Feed("<db:result " + name + "='1'><" + name + "/></db:result>");
  }
  EXPECT_EQ(guarded.Condition(), "open");
}

}  // namespace
}  // namespace danegate
