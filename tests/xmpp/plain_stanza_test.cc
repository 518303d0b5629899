// Which stanzas need no parser, and that everything else is left to it.
#include "proxy/xmpp/plain_stanza.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "proxy/xmpp/limits.h"
#include "proxy/xmpp/stream_reader.h"
#include "tests/xmpp/guarded.h"

namespace danegate {
namespace {

std::string Addressed(std::string_view attributes,
                      std::string_view content = "") {
  return Stanza(content, "from='a@peer.example/r' to='b@tenant.example'" +
                             std::string(attributes));
}

std::string Repeat(std::size_t count, std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

std::string Nested(std::size_t depth) {
  return Stanza(Repeat(depth, "<a>") + Repeat(depth, "</a>"));
}

std::string Attributes(std::size_t count) {
  std::string out = "<a";
  for (std::size_t i = 0; i < count; ++i)
    out += " a" + std::to_string(i) + "=''";
  return Stanza(out + "/>");
}

// A tag of `size` octets.
std::string Tag(std::size_t size) {
  return Stanza("<a b='" + std::string(size - 9, 'x') + "'/>");
}

struct Row {
  const char* claim;
  std::string input;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.claim; }

// --- what is plain

class Plain : public testing::TestWithParam<Row> {};

TEST_P(Plain, IsReadToItsLastOctetAndNoFurther) {
  const auto& input = GetParam().input;
  const auto more = input + "<iq></message>";
  const auto stanza = ScanPlainStanza(more);
  ASSERT_TRUE(stanza);
  EXPECT_EQ(stanza->bytes, input);
  EXPECT_EQ(stanza->from, "a@peer.example/r");
  EXPECT_EQ(stanza->to, "b@tenant.example");
}

TEST_P(Plain, IsNotReadBeforeItIsComplete) {
  const std::string_view input = GetParam().input;
  for (std::size_t size = 0; size < input.size(); ++size) {
    ASSERT_FALSE(ScanPlainStanza(input.substr(0, size))) << size;
  }
}

TEST_P(Plain, PassesInOnePieceAsOctetByOctet) {  // A-70, A1.13
  const auto input = GetParam().input + GetParam().input;
  Guarded whole;
  whole.Feed(input);
  Guarded cut;
  for (const char& octet : input) cut.Feed({&octet, 1});
  EXPECT_EQ(whole.End(), "open");
  EXPECT_EQ(whole.stanzas, 2u);
  EXPECT_EQ(cut.End(), "open") << cut.guard.end()->error.text;
  EXPECT_EQ(cut.passed, whole.passed);
}

INSTANTIATE_TEST_SUITE_P(
    All, Plain,
    testing::Values(
        Row{"an empty message", Stanza()},
        Row{"an empty element",
            "<presence from='a@peer.example/r' to='b@tenant.example'/>"},
        Row{"double quotes and the other order",
            "<iq to=\"b@tenant.example\" from=\"a@peer.example/r\"></iq>"},
        Row{"its own declaration", Addressed(" xmlns='jabber:server'")},
        Row{"several spaces", Addressed("   id='1'")},
        Row{"xml:lang", Addressed(" xml:lang='en'", "<body xml:lang='zh'/>")},
        Row{"children with namespaces of their own",
            Stanza("<body>hi</body><x xmlns='urn:x'><y a='1' b='2'/></x>"
                   "<active xmlns='http://jabber.org/protocol/chatstates'/>")},
        Row{"addresses within, of any kind",
            Stanza("<delay from='é' to='&lt;'/><x from='' to=''/>")},
        Row{"every character of a name",
            Stanza("<_a.-9Z _b.-0y=''></_a.-9Z><X-ml/>")},
        Row{"entities", Addressed(" a='&amp;&lt;&gt;&quot;&apos;'",
                                  "&amp;&lt;&gt;&quot;&apos;")},
        Row{"the other quote and '>' in a value",
            Addressed(" a='\">' b=\"'\"")},
        Row{"brackets in text", Stanza("<body>]]</body>]")},
        Row{"line feeds and tabs in text",
            Stanza("\n\t<body>a\nb\tc</body>\n")},
        Row{"Chinese", Addressed(" a='你好'", "<body>你好，世界</body>")},
        Row{"the ends of UTF-8's ranges",
            Stanza("\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80"
                   "\xEF\xBF\xBD\xF0\x90\x80\x80\xF4\x8F\xBF\xBF")},
        Row{"a byte order mark in text", Stanza("\xEF\xBB\xBF")},
        Row{"as deep as may be", Nested(kPlainDepth - 1)},
        Row{"as many attributes as may be", Attributes(kPlainAttributes)},
        Row{"a name as long as may be",
            Stanza("<" + std::string(kPlainNameBytes, 'n') + "/>")},
        Row{"a tag as long as may be", Tag(kPlainTagBytes)},
        Row{"a text as long as may be",
            Stanza(std::string(kPlainTextBytes - 1, 'x'))},
        Row{"as many names as may be",
            Stanza(Repeat(kPlainNames - 3, "<a/>"))}));

TEST(PlainStanza, SaysWhichStanzaItIs) {
  for (const std::string name : {"message", "presence", "iq"}) {
    const auto input = "<" + name + " from='a' to='b'><x/></" + name + ">";
    const auto stanza = ScanPlainStanza(input);
    ASSERT_TRUE(stanza);
    EXPECT_EQ(stanza->name, name);
    EXPECT_EQ(stanza->from, "a");
    EXPECT_EQ(stanza->to, "b");
  }
}

// --- what is not

class NotPlain : public testing::TestWithParam<Row> {};

TEST_P(NotPlain, IsLeftToTheParser) {
  EXPECT_FALSE(ScanPlainStanza(GetParam().input));
}

INSTANTIATE_TEST_SUITE_P(
    Stanzas, NotPlain,
    testing::Values(Row{"nothing", ""}, Row{"white space", " " + Stanza()},
                    Row{"another element", "<massage from='a' to='b'/>"},
                    Row{"dialback", "<db:result from='a' to='b'/>"},
                    Row{"a prefix", "<x:message from='a' to='b'/>"},
                    Row{"the end of the stream", "</stream:stream>"},
                    Row{"a longer name", "<iqs from='a' to='b'/>"},
                    Row{"no from", "<iq to='b'/>"},
                    Row{"no to", "<iq from='a'/>"},
                    Row{"from within only", "<iq to='b'><x from='a'/></iq>"},
                    Row{"from twice", "<iq from='a' from='a' to='b'/>"},
                    Row{"a client's", Addressed(" xmlns='jabber:client'")},
                    Row{"no namespace", Addressed(" xmlns=''")},
                    Row{"a namespace that begins so",
                        Addressed(" xmlns='jabber:server '")},
                    Row{"an entity in an address", "<iq from='&amp;' to='b'/>"},
                    Row{"an address beyond ASCII", "<iq from='a' to='é'/>"},
                    Row{"another end", "<iq from='a' to='b'></message>"},
                    Row{"a longer end", "<iq from='a' to='b'></iqs>"},
                    Row{"a space in the end", "<iq from='a' to='b'></iq >"},
                    Row{"no end within", "<iq from='a' to='b'><x></iq>"}));

INSTANTIATE_TEST_SUITE_P(
    Tags, NotPlain,
    testing::Values(
        Row{"a prefix", Stanza("<x:a/>")},
        Row{"an attribute's prefix", Addressed(" x:a=''")},
        Row{"a declared prefix", Stanza("<a xmlns:x='urn:x'/>")},
        Row{"xml:space", Stanza("<a xml:space='preserve'/>")},
        Row{"xml:lang and more", Stanza("<a xml:langs=''/>")},
        Row{"a name of XML's", Stanza("<xml/>")},
        Row{"a name that begins so", Stanza("<XmLfoo/>")},
        Row{"an attribute of XML's", Stanza("<a xmlfoo=''/>")},
        Row{"an attribute that begins so", Stanza("<a xmlnsa=''/>")},
        Row{"a digit first", Stanza("<1/>")},
        Row{"a dash first", Stanza("<-/>")},
        Row{"a name beyond ASCII", Stanza("<é/>")},
        Row{"no name", Stanza("<>")}, Row{"a space first", Stanza("< a/>")},
        Row{"a tab between attributes", Stanza("<a\tb=''/>")},
        Row{"a line feed between attributes", Stanza("<a b=''\nc=''/>")},
        Row{"no space between attributes", Stanza("<a b=''c=''/>")},
        Row{"a space in front of =", Stanza("<a b =''/>")},
        Row{"a space behind =", Stanza("<a b= ''/>")},
        Row{"a space in front of >", Stanza("<a ></a>")},
        Row{"a space in front of />", Stanza("<a />")},
        Row{"a space within />", Stanza("<a/ >")},
        Row{"no value", Stanza("<a b/>")}, Row{"no quotes", Stanza("<a b=c/>")},
        Row{"quotes that differ", Stanza("<a b='c\"/>")},
        Row{"an attribute twice", Stanza("<a b='1' b='2'/>")},
        Row{"xml:lang twice", Stanza("<a xml:lang='' xml:lang=''/>")},
        Row{"an empty namespace", Stanza("<a xmlns=''/>")},
        Row{"a namespace with a space", Stanza("<a xmlns='a b'/>")},
        Row{"a namespace with an entity", Stanza("<a xmlns='&amp;'/>")},
        Row{"a namespace beyond ASCII", Stanza("<a xmlns='é'/>")},
        Row{"XML's own namespace",
            Stanza("<a xmlns='http://www.w3.org/XML/1998/namespace'/>")},
        Row{"the namespace of xmlns",
            Stanza("<a xmlns='http://www.w3.org/2000/xmlns/'/>")},
        Row{"a comment", Stanza("<!-- a -->")},
        Row{"CDATA", Stanza("<![CDATA[a]]>")},
        Row{"a processing instruction", Stanza("<?a?>")},
        Row{"a DOCTYPE", Stanza("<!DOCTYPE a>")},
        Row{"deeper than may be (A3)", Nested(kPlainDepth)},
        Row{"more attributes than may be (A3)",
            Attributes(kPlainAttributes + 1)},
        Row{"a name longer than may be (A3)",
            Stanza("<" + std::string(kPlainNameBytes + 1, 'n') + "/>")},
        Row{"a tag longer than may be (A3)", Tag(kPlainTagBytes + 1)},
        Row{"more names than may be (A3)",
            Stanza(Repeat(kPlainNames - 2, "<a/>"))}));

// In text and in a value.
class Character : public testing::TestWithParam<Row> {};

TEST_P(Character, IsLeftToTheParser) {
  EXPECT_FALSE(ScanPlainStanza(Stanza(GetParam().input)));
  EXPECT_FALSE(ScanPlainStanza(Addressed(" a='" + GetParam().input + "'")));
}

INSTANTIATE_TEST_SUITE_P(
    All, Character,
    testing::Values(
        Row{"NUL", std::string(1, '\0')}, Row{"a control character", "\x01"},
        Row{"a carriage return", "\r"}, Row{"DEL", "\x7F"},
        Row{"a bare ampersand", "&"}, Row{"an unknown entity", "&bad;"},
        Row{"an entity of another case", "&AMP;"},
        Row{"an entity without an end", "&amp"},
        Row{"a reference to a character", "&#65;"},
        Row{"a reference in hexadecimal", "&#x41;"},
        Row{"a continuation alone (A1.1)", "\x80"},
        Row{"two octets, overlong (A1.1)", "\xC1\xBF"},
        Row{"three octets, overlong (A1.1)", "\xE0\x9F\xBF"},
        Row{"four octets, overlong (A1.1)", "\xF0\x8F\xBF\xBF"},
        Row{"the first surrogate (A1.1)", "\xED\xA0\x80"},
        Row{"the last surrogate (A1.1)", "\xED\xBF\xBF"},
        Row{"U+FFFE (A-64)", "\xEF\xBF\xBE"},
        Row{"U+FFFF (A-64)", "\xEF\xBF\xBF"},
        Row{"U+110000 (A1.1)", "\xF4\x90\x80\x80"},
        Row{"five octets (A1.1)", "\xF8\x88\x80\x80\x80"},
        Row{"a character cut short (A1.1)", "\xE4\xBD"},
        Row{"one that an ASCII character cuts (A1.1)", "\xE4\xBDz"}));

TEST(PlainStanza, EndsWhereItsCharactersDiffer) {
  EXPECT_FALSE(ScanPlainStanza(Stanza(">")));
  EXPECT_FALSE(ScanPlainStanza(Stanza("]]>")));
  EXPECT_FALSE(ScanPlainStanza(Addressed(" a='\n'")));
  EXPECT_FALSE(ScanPlainStanza(Addressed(" a='\t'")));
  EXPECT_FALSE(ScanPlainStanza(Addressed(" a='<'")));
  EXPECT_FALSE(ScanPlainStanza(Stanza(std::string(kPlainTextBytes, 'x'))));
}

// Whatever octet is in whatever place, the scanner takes no more than the
// parser does.
TEST(PlainStanza, IsWhatTheParserTakesWithAnyOctetChanged) {
  const auto stanza =
      Stanza("<a b='&lt;' xml:lang=\"é\" xmlns='urn:x'>]é&amp;\n<c/></a>");
  std::size_t plain = 0;
  for (std::size_t at = 0; at < stanza.size(); ++at) {
    for (int octet = 0; octet < 256; ++octet) {
      auto changed = stanza;
      changed[at] = static_cast<char>(octet);
      const auto scanned = ScanPlainStanza(changed);
      if (!scanned || scanned->bytes.size() != changed.size()) continue;
      ++plain;
      Guarded guarded;
      for (const char& c : changed) guarded.Feed({&c, 1});
      const auto end = guarded.End();
      // Addresses are not the scanner's concern.
      ASSERT_TRUE(end == "open" || end == "improper-addressing" ||
                  end == "invalid-from" || end == "host-unknown")
          << changed << ": " << end;
      ASSERT_EQ(guarded.stanzas, end == "open" ? 1u : 0u) << changed;
    }
  }
  EXPECT_GT(plain, 3000u);
}

// --- within the parser's limits

// The most names and the longest, in the deepest elements.
class LargestStanza {
 public:
  std::string Write() {
    std::string open = "<message from='peer.example' to='tenant.example'>";
    std::string close = "</message>";
    for (std::size_t depth = 1; depth + 1 < kPlainDepth; ++depth) {
      const auto name = NextName();
      open += "<" + name + " xmlns='" + std::string(4000, 'u') + "'>";
      close.insert(0, "</" + name + ">");
      ++names_;
    }
    while (names_ + kPlainAttributes + 1 <= kPlainNames) open += NextElement();
    return open + close;
  }

 private:
  std::string NextName() {
    auto name = "n" + std::to_string(names_++);
    return name.append(kPlainNameBytes - name.size(), 'n');
  }
  std::string NextElement() {
    std::string out = "<" + NextName();
    for (std::size_t i = 0; i < kPlainAttributes; ++i) {
      out += " " + NextName() + "='" + std::string(180, 'v') + "'";
    }
    return out + "/>";
  }

  std::size_t names_ = 3;
};

class Silent final : public XmlReader::Sink {
  void OnNamespace(std::string_view, std::string_view) override {}
  void OnStart(std::size_t, const XmlStart&) override {}
  void OnEnd(std::size_t) override {}
  void OnText(std::string_view) override {}
};

TEST(PlainStanza, NeedsNoMoreMemoryThanAParserHas) {  // A-70, A3
  const auto largest = LargestStanza().Write();
  ASSERT_TRUE(ScanPlainStanza(largest));
  for (const std::size_t piece : {std::size_t{1}, largest.size()}) {
    Silent sink;
    XmlReader reader(StanzaLimits(), sink);
    reader.Feed(kScope);
    for (int i = 0; reader.memory() < limits::kParserKeptBytes; ++i) {
      reader.Feed("<a" + std::to_string(i) + "/>");
    }
    for (std::size_t i = 0; i < largest.size(); i += piece) {
      reader.Feed(std::string_view(largest).substr(i, piece));
      ASSERT_LT(reader.memory(), StanzaLimits().memory * 3 / 4);
    }
    EXPECT_FALSE(reader.over());
    EXPECT_GT(reader.memory(), StanzaLimits().memory / 4);
  }
}

TEST(FindStanza, FindsWhatLooksLikeOne) {
  const std::string input = "<iq <x><message>< iq <message a='<presence '";
  EXPECT_EQ(FindStanza(input, 0), 0u);
  EXPECT_EQ(FindStanza(input, 1), 21u);
  EXPECT_EQ(FindStanza(input, 22), 33u);
  EXPECT_EQ(FindStanza(input, 34), input.size());
  EXPECT_EQ(FindStanza("<iq", 0), 3u);
  EXPECT_EQ(FindStanza("<iq ", 32), 4u);
}

}  // namespace
}  // namespace danegate
