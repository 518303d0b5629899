// Small texts: escaping, UTF-8, base64, JIDs, errors.
#include <gtest/gtest.h>

#include "proxy/xmpp/jid.h"
#include "proxy/xmpp/sasl_external.h"
#include "proxy/xmpp/stream_error.h"
#include "proxy/xmpp/utf8.h"
#include "proxy/xmpp/xml_element.h"
#include "proxy/xmpp/xml_writer.h"
#include "tests/support/domains.h"

namespace danegate {
namespace {

std::string Escaped(std::string_view text) {
  std::string out;
  AppendEscaped(out, text);
  return out;
}

TEST(XmlWriter, WritesWellFormedXmlWhateverComes) {  // A-64, E6
  EXPECT_EQ(Escaped("a<b>&'\"c"), "a&lt;b&gt;&amp;&apos;&quot;c");
  EXPECT_EQ(Escaped("\t\r\n"), "&#9;&#13;&#10;");
  EXPECT_EQ(Escaped(std::string_view("\0\x1F\x1B[", 4)), "???[");
  EXPECT_EQ(Escaped("\xC3\xBC \xF0\x9F\x98\x80"), "\xC3\xBC \xF0\x9F\x98\x80");
  EXPECT_EQ(Escaped("\xC0\x80\xED\xA0\x80\xFF\xC3"), "???????");
  EXPECT_EQ(Escaped("\xEF\xBF\xBE"), "?");
}

TEST(XmlWriter, CutsQuotesBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "\xC3\xBC";
  const auto quoted = Quoted(text);
  EXPECT_EQ(quoted, "\"" + text.substr(0, 80) + "…\"");
  EXPECT_EQ(Quoted("a"), "\"a\"");
}

TEST(Utf8, KnowsTheFormsOfRfc3629) {
  const std::pair<std::string_view, std::size_t> rows[] = {
      {"a", 1},
      {"\x7F", 1},
      {"\xC2\x80", 2},
      {"\xC1\xBF", 0},
      {"\xE0\xA0\x80", 3},
      {"\xE0\x9F\xBF", 0},
      {"\xED\x9F\xBF", 3},
      {"\xED\xA0\x80", 0},
      {"\xF0\x90\x80\x80", 4},
      {"\xF0\x8F\xBF\xBF", 0},
      {"\xF4\x8F\xBF\xBF", 4},
      {"\xF4\x90\x80\x80", 0},
      {"\x80", 0},
      {"\xE2\x82", 0},
      {"\xC3(", 0},
      {"", 0}};
  for (const auto& [text, length] : rows) {
    EXPECT_EQ(Utf8Length(text), length) << testing::PrintToString(text);
  }
}

TEST(Base64, DecodesWhatItEncodes) {
  for (const char* text : {"", "a", "ab", "abc", "abcd", "peer.example"}) {
    EXPECT_EQ(DecodeBase64(EncodeBase64(text)), text);
  }
  EXPECT_EQ(EncodeBase64("peer.example"), "cGVlci5leGFtcGxl");
  EXPECT_EQ(EncodeBase64("\xFF\xFE"), "//4=");
}

TEST(Base64, IsStrict) {  // B-12
  for (const char* text :
       {"Zm9v IA==", "=AAA", "BBBB=CCC", "Zh==", "Zg=", "Zg",
        "Z===", "====", "Zm9v\n", "Zm9=", "Zm-_", "Zg==Zg==", "A"}) {
    EXPECT_FALSE(DecodeBase64(text)) << text;
  }
}

TEST(Jid, HasADomainBetweenNodeAndResource) {  // RFC 7622 3.1
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"a.example", "a.example"},
      {"n@a.example", "a.example"},
      {"n@a.example/r", "a.example"},
      {"a.example/r@s/t", "a.example"},
      {"n@a@b", "a@b"}};
  for (const auto& [jid, domain] : rows) EXPECT_EQ(DomainOfJid(jid), domain);
}

TEST(Jid, HasNoEmptyOrOverlongPart) {  // A-110
  for (const std::string& jid :
       {std::string(), std::string("@"), std::string("@a"), std::string("a/"),
        std::string("n@"), std::string("/r"), std::string("n@/r"),
        std::string("n m@a"), std::string("n'@a"), std::string("n<@a"),
        std::string("n\n@a"), std::string("n:@a"), std::string("\"@a"),
        std::string(1024, 'n') + "@a", "a/" + std::string(1024, 'r')}) {
    EXPECT_FALSE(DomainOfJid(jid)) << jid;
  }
  EXPECT_TRUE(DomainOfJid(std::string(1023, 'n') + "@a"));
}

TEST(KnownDomain, KnowsTheSpellingThatCameLast) {  // A-21, D-09
  KnownDomain known(D("xn--bcher-kva.example"));
  EXPECT_TRUE(known.IsSpelled("xn--bcher-kva.example"));
  EXPECT_FALSE(known.IsSpelled("bücher.example"));
  known.Learn("bücher.example");
  EXPECT_TRUE(known.IsSpelled("bücher.example"));
  EXPECT_EQ(known.domain(), D("xn--bcher-kva.example"));
}

TEST(StreamErrors, AreWrittenAsRfc6120Says) {  // A-83
  EXPECT_EQ(WriteStreamError({StreamCondition::kHostUnknown, ""}),
            "<stream:error><host-unknown "
            "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>");
  EXPECT_EQ(WriteStreamError({StreamCondition::kReset, "a<b"}),
            "<stream:error><reset "
            "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text "
            "xmlns='urn:ietf:params:xml:ns:xmpp-streams' xml:lang='en'>"
            "a&lt;b</text></stream:error>");
}

TEST(StreamErrors, KnowTheirNames) {
  for (int i = 0; i <= static_cast<int>(StreamCondition::kUnsupportedVersion);
       ++i) {
    const auto condition = static_cast<StreamCondition>(i);
    EXPECT_EQ(ParseStreamCondition(ToString(condition)), condition);
  }
  EXPECT_EQ(ParseStreamCondition("xml-not-well-formed"),  // A-84
            StreamCondition::kUndefinedCondition);
}

TEST(SaslFailures, AreWrittenAsRfc6120Says) {  // B-18
  EXPECT_EQ(WriteSaslFailure({SaslCondition::kNotAuthorized, "no"}),
            "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
            "<not-authorized/><text xml:lang='en'>no</text></failure>");
  EXPECT_EQ(ParseSaslCondition("no-such"), SaslCondition::kNotAuthorized);
}

TEST(XmlElement, MeansTheSameWhereverItIsWritten) {
  const XmlElement element{
      "urn:a",
      "x",
      {{"", "y", "1'2"},
       {"http://www.w3.org/XML/1998/namespace", "lang", "de"},
       {"urn:b", "dropped", ""}},
      "",
      {{"urn:a", "same", {}, "t", {}}, {"", "none", {}, "", {}}}};
  std::string out;
  AppendElement(out, element, "jabber:server");
  EXPECT_EQ(out,
            "<x xmlns='urn:a' y='1&apos;2' xml:lang='de'><same>t</same>"
            "<none xmlns=''/></x>");
}

}  // namespace
}  // namespace danegate
