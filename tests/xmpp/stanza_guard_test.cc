#include "proxy/xmpp/stanza_guard.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "proxy/xmpp/limits.h"
#include "tests/xmpp/guarded.h"

namespace danegate {
namespace {

struct Row {
  const char* claim;  // with the requirement
  std::string input;
  const char* end;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.claim; }

// --- what passes

class Passing : public testing::TestWithParam<Row> {};

TEST_P(Passing, ByteForByteHoweverItIsCut) {  // A1.13
  const auto& stanza = GetParam().input;
  const auto whole = Stanza() + stanza + " " + Stanza();
  const auto expected = Stanza() + stanza + Stanza();
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    Guarded guarded;
    guarded.Feed(std::string_view(whole).substr(0, cut));
    guarded.Feed(std::string_view(whole).substr(cut));
    ASSERT_EQ(guarded.End(), GetParam().end) << "cut at " << cut;
    ASSERT_EQ(guarded.passed, expected) << "cut at " << cut;
    ASSERT_EQ(guarded.stanzas, 3u) << "cut at " << cut;
  }
}

TEST_P(Passing, OctetByOctet) {
  Guarded guarded;
  for (const char& octet : GetParam().input) guarded.Feed({&octet, 1});
  EXPECT_EQ(guarded.passed, GetParam().input);
}

TEST_P(Passing, WhereverTheGuardRests) {  // P4
  const auto input = Stanza() + GetParam().input + Stanza();
  Guarded guarded;
  for (const char& octet : input) {
    guarded.Feed({&octet, 1});
    guarded.guard.Rest();
  }
  EXPECT_EQ(guarded.passed, input);
}

INSTANTIATE_TEST_SUITE_P(
    All, Passing,
    testing::Values(
        Row{"a message", Stanza("<body>hi</body>"), "open"},
        Row{"an empty presence",
            "<presence from='peer.example' to='tenant.example'/>", "open"},
        Row{"an iq with double quotes",
            "<iq from=\"peer.example\" to=\"tenant.example\" type='get' "
            "id='1'><ping xmlns='urn:xmpp:ping'/></iq>",
            "open"},
        Row{"domains in another spelling (A-21)",
            Stanza("", "from='a@PEER.Example.' to='Tenant.EXAMPLE'"), "open"},
        Row{"its own declaration (A-03)",
            Stanza("",
                   "xmlns='jabber:server' from='peer.example' "
                   "to='tenant.example'"),
            "open"},
        Row{"entities and character references",
            Stanza("<body>&lt;&amp;&#65;&#x42;&quot;</body>"), "open"},
        Row{"CDATA with a close tag (A1.5)",
            Stanza("<body><![CDATA[</stream:stream>]]></body>"), "open"},
        Row{"from and to in an attribute (A1.7)",
            Stanza("",
                   "id=' from=\"x\" to=\"y\"' from='peer.example' "
                   "to='tenant.example'"),
            "open"},
        Row{"line ends in attributes (A1.12)",
            Stanza("", "id='a\r\n\tb' from='peer.example' to='tenant.example'"),
            "open"},
        Row{"characters of four octets",
            Stanza("<body>\xF0\x9F\x98\x80</body>"), "open"},
        Row{"U+FEFF in text", Stanza("<body>\xEF\xBB\xBF</body>"), "open"},
        Row{"another default namespace within", Stanza("<x xmlns='urn:x'/>"),
            "open"},
        Row{"a prefix within", Stanza("<p:x xmlns:p='urn:x' p:y='z'/>"),
            "open"},
        Row{"a resource with slash and at",
            Stanza("",
                   "from='peer.example/a/b@c' "
                   "to='tenant.example'"),
            "open"}));

TEST(StanzaGuard, PassesNeighboursAsOneRunOfTheInputItself) {
  Guarded guarded;
  const auto input = Stanza("1") + Stanza("2") + "  " + Stanza("3") + "<mess";
  guarded.Feed(input);
  ASSERT_EQ(guarded.guard.runs().size(), 2u);
  EXPECT_EQ(guarded.guard.runs()[0].bytes.data(), input.data());
  EXPECT_EQ(guarded.guard.runs()[0].stanzas, 2u);
  EXPECT_EQ(guarded.guard.runs()[1].bytes, Stanza("3"));
}

TEST(StanzaGuard, PassesACutStanzaAndThenTheRestAndKeepsTheNext) {
  Guarded guarded;
  const auto first = Stanza("first");
  const auto last = Stanza("last");
  guarded.Feed(first.substr(0, 20));
  guarded.Feed(first.substr(20) + Stanza() + last.substr(0, 30));
  EXPECT_EQ(guarded.passed, first + Stanza());
  guarded.Feed(last.substr(30));
  EXPECT_EQ(guarded.passed, first + Stanza() + last);
}

TEST(StanzaGuard, HoldsTheLimitExactly) {  // A-68
  const std::pair<std::size_t, const char*> rows[] = {
      {kStanzaBytes, "open"}, {kStanzaBytes + 1, "policy-violation"}};
  for (const auto& [size, end] : rows) {
    for (const std::size_t piece : {1u, 7u, 4096u, 20'000u}) {
      Guarded guarded;
      std::string_view rest;
      const auto stanza = StanzaOf(size);
      for (rest = stanza; !rest.empty();) {
        guarded.Feed(rest.substr(0, piece));
        rest.remove_prefix(std::min(piece, rest.size()));
      }
      EXPECT_EQ(guarded.End(), end) << size << " in pieces of " << piece;
      EXPECT_EQ(guarded.stanzas, end == std::string("open") ? 1u : 0u);
    }
  }
}

TEST(StanzaGuard, HoldsTheLimitForAStartTag) {  // A-68, A3
  Guarded guarded;
  for (int i = 0; i < 20 && !guarded.guard.end(); ++i) {
    guarded.Feed(i == 0 ? "<message id='" : std::string(1000, 'x'));
  }
  EXPECT_EQ(guarded.End(), "policy-violation");
}

TEST(StanzaGuard, HasNoLimitForManyStanzas) {
  Guarded guarded;
  for (int i = 0; i < 100; ++i) guarded.Feed(StanzaOf(kStanzaBytes));
  EXPECT_EQ(guarded.stanzas, 100u);
}

TEST(StanzaGuard, RestsBetweenStanzasOnly) {  // P4
  Guarded guarded;
  EXPECT_TRUE(guarded.guard.Rest());
  const auto stanza = Stanza("text");
  guarded.Feed(stanza.substr(0, 40));
  EXPECT_FALSE(guarded.guard.Rest());
  guarded.Feed(stanza.substr(40) + " <");
  EXPECT_FALSE(guarded.guard.Rest());
  guarded.Feed(Stanza("next").substr(1));
  EXPECT_TRUE(guarded.guard.Rest());
  EXPECT_EQ(guarded.passed, stanza + Stanza("next"));
}

TEST(StanzaGuard, OutlivesAnyNumberOfNames) {  // a parser keeps every name
  Guarded guarded;
  for (int i = 0; i < 20'000 && !guarded.guard.end(); ++i) {
    const auto name = "name" + std::to_string(i);
    guarded.Feed(
        Stanza("<" + name + " " + name + "='1' xmlns='urn:" + name + "'/>"));
  }
  EXPECT_EQ(guarded.End(), "open");
  EXPECT_EQ(guarded.stanzas, 20'000u);
}

// --- what does not pass

class Violation : public testing::TestWithParam<Row> {};

TEST_P(Violation, EndsTheStreamHoweverItIsCut) {  // A-113, L-02
  const auto input = Stanza("before") + GetParam().input + Stanza("after");
  for (std::size_t cut = 0; cut <= input.size(); ++cut) {
    Guarded guarded;
    guarded.Feed(std::string_view(input).substr(0, cut));
    if (cut % 2 == 1) guarded.guard.Rest();
    guarded.Feed(std::string_view(input).substr(cut));
    ASSERT_EQ(guarded.passed, Stanza("before")) << "cut at " << cut;
    ASSERT_EQ(guarded.End(), GetParam().end) << "cut at " << cut;
    guarded.Feed(Stanza("later"));
    ASSERT_EQ(guarded.passed, Stanza("before"));
  }
}

// The same scope; the guard does not take it for one in which it knows stanzas
// by their form.
constexpr std::string_view kParsedScope =
    "<stream:stream xmlns=\"jabber:server\" "
    "xmlns:stream='http://etherx.jabber.org/streams' "
    "xmlns:db='jabber:server:dialback'>";

TEST_P(Violation, IsToldInTheWordsOfTheParser) {  // A-70
  const auto input = Stanza("before") + GetParam().input + Stanza("after");
  Guarded scanned;
  scanned.Feed(input);
  Guarded parsed(kParsedScope);
  parsed.Feed(input);
  ASSERT_TRUE(scanned.guard.end() && parsed.guard.end());
  EXPECT_EQ(scanned.guard.end()->error.text, parsed.guard.end()->error.text);
  EXPECT_EQ(scanned.passed, parsed.passed);
}

std::string Addressed(std::string_view attributes) {
  return Stanza("", attributes);
}

INSTANTIATE_TEST_SUITE_P(
    Addresses, Violation,
    testing::Values(
        Row{"A-110 no to", Addressed("from='peer.example'"),
            "improper-addressing"},
        Row{"A-110 no from", Addressed("to='tenant.example'"),
            "improper-addressing"},
        Row{"A-110 to is @", Addressed("from='peer.example' to='@'"),
            "improper-addressing"},
        Row{"A-110 empty to", Addressed("from='peer.example' to=''"),
            "improper-addressing"},
        Row{"A-110 empty node",
            Addressed("from='@peer.example' to='tenant.example'"),
            "improper-addressing"},
        Row{"A-110 empty resource",
            Addressed("from='peer.example/' to='tenant.example'"),
            "improper-addressing"},
        Row{"A-110 two nodes",
            Addressed("from='a@b@peer.example' to='tenant.example'"),
            "improper-addressing"},
        Row{"A-110 a space in the node",
            Addressed("from='a b@peer.example' to='tenant.example'"),
            "improper-addressing"},
        Row{"A-111 another tenant",
            Addressed("from='peer.example' to='b@other.example'"),
            "host-unknown"},
        Row{"A-111 a subdomain",
            Addressed("from='peer.example' to='b@x.tenant.example'"),
            "host-unknown"},
        Row{"A-112 another sender",
            Addressed("from='a@evil.example' to='b@tenant.example'"),
            "invalid-from"},
        Row{"A-112 a parent domain",
            Addressed("from='example' to='tenant.example'"), "invalid-from"},
        Row{"A-112 the pair turned round",
            Addressed("from='tenant.example' to='peer.example'"),
            "host-unknown"},
        Row{"an address with a prefix is none",
            Addressed("xmlns:p='urn:x' p:from='peer.example' "
                      "to='tenant.example'"),
            "improper-addressing"}));

INSTANTIATE_TEST_SUITE_P(
    Elements, Violation,
    testing::Values(
        Row{"A-05 a prefixed stanza",
            "<foo:message xmlns:foo='jabber:server' from='peer.example' "
            "to='tenant.example'/>",
            "bad-namespace-prefix"},
        Row{"A-66 an unknown element",
            "<foo xmlns='urn:x' from='peer.example' to='tenant.example'/>",
            "unsupported-stanza-type"},
        Row{"A-66 an unknown stanza",
            "<massage from='peer.example' to='tenant.example'/>",
            "unsupported-stanza-type"},
        Row{"A-67 a client's stanza",
            "<message xmlns='jabber:client' from='peer.example' "
            "to='tenant.example'/>",
            "unsupported-stanza-type"},
        Row{"SASL once more",
            "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
            "unsupported-stanza-type"},
        Row{"text between stanzas", "hello", "bad-format"},
        Row{"CDATA between stanzas", "<![CDATA[x]]>", "bad-format"},
        Row{"a stanza in CDATA between stanzas (A1.5)",
            "<![CDATA[" + Stanza() + "]]>", "bad-format"},
        Row{"a reference between stanzas", "&amp;", "bad-format"},
        Row{"A1.9 a byte order mark between stanzas", "\xEF\xBB\xBF",
            "bad-format"}));

INSTANTIATE_TEST_SUITE_P(
    Xml, Violation,
    testing::Values(
        Row{"A-60 a processing instruction", "<?php x ?>", "restricted-xml"},
        Row{"A-60 a comment between", "<!-- x -->", "restricted-xml"},
        Row{"A-60 a comment within", Stanza("<!-- x -->"), "restricted-xml"},
        Row{"A-60 an undefined entity", Stanza("<body>&eacute;</body>"),
            "restricted-xml"},
        Row{"A1.6 a DOCTYPE", "<!DOCTYPE a>", "restricted-xml"},
        Row{"A1.6 a DOCTYPE within", Stanza("<!DOCTYPE a>"), "restricted-xml"},
        Row{"A-62 an XML declaration", "<?xml version='1.0'?>",
            "not-well-formed"},
        Row{"A1.1 an overlong form", Stanza("<body>\xC0\x80</body>"),
            "unsupported-encoding"},
        Row{"A1.1 a surrogate", Stanza("<body>\xED\xA0\x80</body>"),
            "unsupported-encoding"},
        Row{"A1.1 a bad octet in a name", Stanza("<b\xFF/>"),
            "unsupported-encoding"},
        Row{"A1.1 a bad octet in an attribute", Stanza("<b a='\x80'/>"),
            "unsupported-encoding"},
        Row{"A1.2 the parser's separator", Stanza("<x xmlns='a\x01z'/>"),
            "not-well-formed"},
        Row{"A1.2 the separator as a reference", Stanza("<x xmlns='a&#1;z'/>"),
            "not-well-formed"},
        Row{"A1.2 ejabberd's separator", Stanza("<x xmlns='a&#10;z'/>"),
            "not-well-formed"},
        Row{"A1.3 stream rebound", Stanza("<x xmlns:stream='urn:x'/>"),
            "bad-namespace-prefix"},
        Row{"A1.8 an attribute twice", Stanza("<x a='1' a='2'/>"),
            "not-well-formed"},
        Row{"A1.8 an attribute twice by two prefixes",
            Stanza("<x xmlns:p='u' xmlns:q='u' p:a='1' q:a='2'/>"),
            "not-well-formed"},
        Row{"A-61 an undeclared prefix", Stanza("<p:x/>"), "not-well-formed"},
        Row{"A-61 xml rebound", Stanza("<x xmlns:xml='urn:x'/>"),
            "not-well-formed"},
        Row{"A-61 a prefix unbound", Stanza("<x xmlns:a=''/>"),
            "not-well-formed"},
        Row{"A-61 a wrong end tag",
            "<message from='peer.example' "
            "to='tenant.example'></iq>",
            "not-well-formed"},
        Row{"A-64 a NUL as a reference", Stanza("<body>&#0;</body>"),
            "not-well-formed"},
        Row{"A-64 a control character as a reference",
            Stanza("<body>&#x1F;</body>"), "not-well-formed"},
        Row{"A-64 U+FFFE as a reference", Stanza("<body>&#xFFFE;</body>"),
            "not-well-formed"}));

TEST(StanzaGuard, BoundsDepthAttributesNamesAndNamespaces) {  // A3
  const auto repeat = [](std::size_t count, auto make) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += make(std::to_string(i));
    return out;
  };
  const std::string inputs[] = {
      repeat(200, [](const auto&) { return std::string("<a>"); }),
      "<a" + repeat(200, [](const auto& i) { return " a" + i + "=''"; }) + "/>",
      "<a" + repeat(40, [](const auto& i) { return " xmlns:p" + i + "='u'"; }) +
          "/>",
      "<" + std::string(300, 'n') + "/>",
      "<a " + std::string(300, 'n') + "=''/>",
  };
  for (const auto& input : inputs) {
    Guarded guarded;
    guarded.Feed(Stanza(input));
    EXPECT_EQ(guarded.End(), "policy-violation") << input.substr(0, 20);
    EXPECT_EQ(guarded.stanzas, 0u);
  }
}

}  // namespace
}  // namespace danegate
