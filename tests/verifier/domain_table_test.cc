// Attack D9 in a table: what looks like a domain, what it is, and what is none.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "verifier/domain.h"

namespace danegate {
namespace {

using std::string_literals::operator""s;

struct Row {
  std::string text;
  std::string canonical;  // or the word of the error, in angle brackets
};

std::string Canonical(std::string_view text) {
  const auto domain = Domain::Parse(text);
  if (domain) return domain->ascii();
  return "<" + std::string(ToString(domain.error())) + ">";
}

void Expect(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    EXPECT_EQ(Canonical(row.text), row.canonical) << row.text;
  }
}

TEST(DomainTableTest, D9WidthCaseAndDotsAreMapped) {
  Expect({
      {"EXAMPLE", "example"},
      {"eXaMpLe.OrG.", "example.org"},
      {"ｅｘａｍｐｌｅ.org", "example.org"},
      {"ＥＸＡＭＰＬＥ．ＯＲＧ", "example.org"},
      {"example。org", "example.org"},
      {"example｡org", "example.org"},
      {"example．org", "example.org"},
      {"example。", "example"},
      {"𝒳.example", "x.example"},
      {"ⅷ.example", "viii.example"},
      {"①.example", "1.example"},
      {"ﬁ.example", "fi.example"},
      {"\u212aelvin.example", "kelvin.example"},  // KELVIN SIGN
      {"\u212bngstrom.example", "xn--ngstrom-dxa.example"},
      {"a\u00adb.example", "ab.example"},  // SOFT HYPHEN
      {"a\u200bb.example", "ab.example"},  // ZERO WIDTH SPACE
      {"a\u2060b.example", "ab.example"},  // WORD JOINER
      {"a\ufe0fb.example", "ab.example"},  // VARIATION SELECTOR-16
  });
}

TEST(DomainTableTest, D9ComposedAndDecomposedAreOne) {
  Expect({
      {"é.example", "xn--9ca.example"},
      {"e\u0301.example", "xn--9ca.example"},
      {"É.example", "xn--9ca.example"},
      {"E\u0301.example", "xn--9ca.example"},
      {"ệ.example", "xn--qlg.example"},
      {"e\u0323\u0302.example", "xn--qlg.example"},
      {"e\u0302\u0323.example", "xn--qlg.example"},
      {"가.example", "xn--o39a.example"},
      {"\u1100\u1161.example", "xn--o39a.example"},
      {"が.example", "xn--v8j.example"},
      {"か\u3099.example", "xn--v8j.example"},
      {"ｶﾞ.example", Canonical("ガ.example")},
  });
}

// Deviations of UTS 46: non-transitional keeps them apart (RFC 5891).
TEST(DomainTableTest, D9SharpSAndFinalSigmaStay) {
  Expect({
      {"ß.example", "xn--zca.example"},
      {"faß.example", "xn--fa-hia.example"},
      {"fass.example", "fass.example"},
      {"ς.example", "xn--3xa.example"},
      {"σ.example", "xn--4xa.example"},
      {"Σ.example", "xn--4xa.example"},
      {"βόλος.example", "xn--nxasmm1c.example"},
      {"ΒΌΛΟΣ.example", "xn--nxasmq6b.example"},
      {"क्\u200dष.example", "xn--11b2ezcw70k.example"},
      {"نامه\u200cای.example", "xn--mgba3gch31f060k.example"},
  });
}

TEST(DomainTableTest, D9JoinersWithoutTheirContextAreRefused) {
  Expect({
      {"a\u200db.example", "<bad-idn>"},
      {"a\u200cb.example", "<bad-idn>"},
      {"\u200da.example", "<bad-idn>"},
      {"xn--ab-m1t.example", "<bad-idn>"},
  });
}

TEST(DomainTableTest, D9ALabelsThatAreNoneAreRefused) {
  Expect({
      {"xn--.example", "<bad-idn>"},
      {"XN--.example", "<bad-idn>"},
      {"xn---.example", "<bad-idn>"},
      {"xn--a.example", "<bad-idn>"},
      {"xn--abc.example", "<bad-idn>"},
      {"xn--abc-.example", "<bad-idn>"},
      {"xn--zzzzzz.example", "<bad-idn>"},
      {"xn--99999999999.example", "<bad-idn>"},
      {"xn--0.example", "<bad-idn>"},
      {"xn--a-ecp.example", "<bad-idn>"},
      {"xn--n3h.example", "<bad-idn>"},          // a symbol
      {"xn--ls8h.example", "<bad-idn>"},         // an emoji
      {"xn--11b2dzcw70k.example", "<bad-idn>"},  // holds a FIGURE SPACE
      {"bücher.xn--", "<bad-idn>"},
      {"xn--b\u00fccher-kva.example", "<bad-idn>"},
  });
}

TEST(DomainTableTest, D9ReservedLabelsAreRefused) {
  Expect({
      {"ab--cd.example", "<bad-idn>"},
      {"AB--CD.example", "<bad-idn>"},
      {"zq--bcher-kva.example", "<bad-idn>"},
      {"12--34.example", "<bad-idn>"},
      {"a--b.example", "a--b.example"},
      {"abc--d.example", "abc--d.example"},
  });
}

TEST(DomainTableTest, D9SymbolsAndControlsAreRefused) {
  Expect({
      {"☃.example", "<bad-idn>"},
      {"💩.example", "<bad-idn>"},
      {"♥.example", "<bad-idn>"},
      {"ab\u202ec.example", "<bad-idn>"},  // RIGHT-TO-LEFT OVERRIDE
      {"ab\u2028c.example", "<bad-idn>"},
      {"a\u0085b.example", "<bad-idn>"},
      {"a\u2044b.example", "<bad-idn>"},  // FRACTION SLASH
      {"\ufffd.example", "<bad-idn>"},
      {"\ue000.example", "<bad-idn>"},
      {"\U000e0061.example", "<bad-idn>"},  // a tag
      {"\u0301a.example", "<bad-idn>"},     // begins with a mark
      {"a_ü.example", "<bad-label>"},
      {"_a.example", "<bad-label>"},
      {"a%41.example", "<bad-label>"},
      {"a\\.b.example", "<bad-label>"},
      {"a&b.example", "<bad-label>"},
      {"a\nb.example", "<bad-label>"},
      {"a\x7f.example", "<bad-label>"},
      {"peer.example\0.evil"s, "<bad-label>"},
      {"p\u00e9er.example\0.evil"s, "<bad-label>"},
      {" peer.example", "<bad-label>"},
      {"peer.example ", "<bad-label>"},
  });
}

// With its STD3 rules libidn2 drops them: "a＠b" would become "ab".
TEST(DomainTableTest, D9WhatMapsToPunctuationIsRefusedAndNotDropped) {
  for (const std::string& label : {"a"s, "ü"s, "xn--tda"s}) {
    for (const char* character :
         {"\u00a0", "\u2002", "\u3000", "\uff01", "\uff02", "\uff05", "\uff06",
          "\uff07", "\uff0f", "\uff1a", "\uff1c", "\uff1e", "\uff20", "\uff3b",
          "\uff3c", "\uff3f", "\uff5c", "\u2474", "\u2100"}) {
      EXPECT_FALSE(Domain::Parse(label + character + "b.example").ok())
          << label << character;
    }
  }
}

TEST(DomainTableTest, D9BytesThatAreNoUtf8AreRefused) {
  Expect({
      {"\x80.example", "<bad-idn>"},
      {"\xff.example", "<bad-idn>"},
      {"a\xc3.example", "<bad-idn>"},
      {"\xc0\xaf.example", "<bad-idn>"},          // overlong
      {"\xe0\x80\xaf.example", "<bad-idn>"},      // overlong
      {"\xed\xa0\x80.example", "<bad-idn>"},      // surrogate
      {"\xf4\x90\x80\x80.example", "<bad-idn>"},  // over U+10FFFF
      {"\xf8\x88\x80\x80\x80.example", "<bad-idn>"},
      {"\xe2\x98.example", "<bad-idn>"},
      {"example.\xc3", "<bad-idn>"},
  });
}

TEST(DomainTableTest, D9WrongDirectionIsRefused) {
  Expect({
      {"אab.example", "<bad-idn>"},
      {"abא.example", "<bad-idn>"},
      {"١.example", "<bad-idn>"},
      {"אבג.example", "xn--4dbcd.example"},
      {"مثال.example", "xn--mgbh0fb.example"},
      {"א1.example", "xn--1-zhc.example"},
  });
}

// Homographs are other domains: nothing is folded that IDNA does not fold.
TEST(DomainTableTest, D9HomographsAreOtherDomains) {
  const std::string latin = Canonical("paypal.example");
  for (const char* text : {"pаypal.example", "раураl.example", "pαypal.example",
                           "paypaӏ.example"}) {
    EXPECT_NE(Canonical(text), latin) << text;
  }
  EXPECT_EQ(Canonical("аррӏе.example"), "xn--80ak6aa92e.example");
}

TEST(DomainTableTest, D9LabelsAndNamesHaveTheirLengths) {
  const std::string label63(63, 'a'), label64(64, 'a');
  const std::string most = label63 + "." + label63 + "." + label63 + ".";
  Expect({
      {label63 + ".example", label63 + ".example"},
      {label64 + ".example", "<bad-label>"},
      {"example." + label64, "<bad-label>"},
      {most + std::string(61, 'b'), most + std::string(61, 'b')},
      {most + std::string(62, 'b'), "<too-long>"},
      {std::string(1023, 'a'), "<bad-label>"},
      {std::string(1024, 'a'), "<too-long>"},
      {std::string(100'000, '.'), "<too-long>"},
      {std::string(500, '.'), "<bad-label>"},
  });
  std::string umlauts;
  for (int i = 0; i < 60; ++i) umlauts += "ü";
  EXPECT_EQ(Canonical(umlauts + ".example"), "<bad-idn>");
}

TEST(DomainTableTest, D9EmptyLabelsAndHyphensAtTheEndsAreRefused) {
  Expect({
      {"", "<empty>"},
      {".", "<empty>"},
      {"。", "<empty>"},
      {"\u00ad", "<empty>"},
      {"..", "<bad-label>"},
      {"example..", "<bad-label>"},
      {"example.。", "<bad-label>"},
      {".example", "<bad-label>"},
      {"ü..example", "<bad-label>"},
      {".ü", "<bad-label>"},
      {"\u00ad.example", "<bad-label>"},
      {"-a.example", "<bad-label>"},
      {"a-.example", "<bad-label>"},
      {"-.example", "<bad-label>"},
      {"-ü.example", "<bad-idn>"},
      {"ü-.example", "<bad-idn>"},
  });
}

TEST(DomainTableTest, A22AddressesAreNoDomains) {
  for (const char* text : {"127.0.0.1",
                           "127.0.0.1.",
                           "127.1",
                           "0177.0.0.1",
                           "0x7f.1",
                           "0X7F.1",
                           "0x7f000001",
                           "2130706433",
                           "256.256.256.256",
                           "1.2.3.4.5",
                           "example.123",
                           "example.0x1f",
                           "example.0x",
                           "１２７.0.0.1",
                           "127。0。0。1",
                           "①②⑦.0.0.①",
                           "::",
                           "::1",
                           "2001:db8::1",
                           "[::1]",
                           "[127.0.0.1]",
                           "[",
                           "fe80::1%eth0",
                           "::ffff:127.0.0.1",
                           "64:ff9b::7f00:1"}) {
    EXPECT_EQ(Canonical(text), "<ip-literal>") << text;
  }
  for (const char* text : {"1.example", "127.0.0.1.example", "0x7f.example",
                           "1e3.a1", "123a", "in-addr.arpa"}) {
    EXPECT_EQ(Canonical(text), text);
  }
}

TEST(DomainTableTest, A18OnlyBareDomainsAreDomains) {
  for (const char* text : {"user@peer.example", "peer.example/resource",
                           "user@peer.example/resource", "@peer.example",
                           "peer.example/", "/", "ü@peer.example"}) {
    EXPECT_EQ(Canonical(text), "<not-bare>") << text;
  }
}

// however it is written, it is one key.
TEST(DomainTableTest, A21EveryFormOfADomainGivesTheSame) {
  for (const char* text :
       {"peer.example", "bücher.example", "faß.example", "例え.テスト",
        "παράδειγμα.δοκιμή", "пример.испытание", "उदाहरण.परीक्षा", "مثال.إختبار",
        "ไทย.example", "한국.example", "xn--bcher-kva.xn--zckzah"}) {
    const auto domain = Domain::Parse(text);
    ASSERT_TRUE(domain.ok()) << text << ": " << ToString(domain.error());
    std::string upper = domain->ascii();
    for (char& c : upper) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    for (const std::string& form : {domain->ascii(), domain->ToUnicode(), upper,
                                    upper + ".", domain->ToUnicode() + "。"}) {
      EXPECT_EQ(Canonical(form), domain->ascii()) << form;
    }
  }
}

}  // namespace
}  // namespace danegate
