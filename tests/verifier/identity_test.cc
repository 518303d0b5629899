// Which names of a certificate count, and for whom (spec C.2, attack B10).
#include <gtest/gtest.h>

#include <string>

#include "tests/support/test_certificates.h"
#include "verifier/pkix.h"

namespace danegate::test {
namespace {

using std::string_literals::operator""s;

Domain Reference(const std::string& text) { return *Domain::Parse(text); }

bool Names(const Bytes& name, const std::string& reference) {
  const auto leaf = Issue({.subject = "", .names = {name}});
  return MatchesIdentity(leaf.der, Reference(reference));
}

struct Row {
  std::string presented;
  std::string reference;
};

// C-10, C-11, C-15
TEST(IdentityTest, DnsIdNamesTheDomainInAnyCase) {
  const Row rows[] = {
      {"a.example", "a.example"},
      {"A.Example", "a.example"},
      {"xn--bcher-kva.example", "bücher.example"},
      {"XN--BCHER-KVA.EXAMPLE", "bücher.example"},
      {"localhost", "localhost"},
      {"*.a.example", "x.a.example"},
      {"*.A.EXAMPLE", "x.a.example"},
      {"*.example", "xn--bcher-kva.example"},
      {"*.xn--bcher-kva.example", "x.bücher.example"},
  };
  for (const Row& row : rows) {
    EXPECT_TRUE(Names(DnsName(row.presented), row.reference)) << row.presented;
  }
}

// C-10, C-11, C-15
TEST(IdentityTest, DnsIdThatIsNotExactlyTheDomainNamesNobody) {
  const Row rows[] = {
      {"b.example", "a.example"},
      {"x.a.example", "a.example"},
      {"example", "a.example"},
      {"", "a.example"},
      // Wildcards: one whole left-most label, and only that.
      {"*.a.example", "a.example"},
      {"*.a.example", "x.y.a.example"},
      {"f*.a.example", "foo.a.example"},
      {"*o.a.example", "foo.a.example"},
      {"f*o.a.example", "foo.a.example"},
      {"xn--*.a.example", "xn--bcher-kva.a.example"},
      {"*.*.example", "x.a.example"},
      {"x.*.example", "x.a.example"},
      {"*", "localhost"},
      {"*", "a.example"},
      {"*.", "localhost"},
      {"**.a.example", "x.a.example"},
      {"*..a.example", "x.a.example"},
      {"*a.example", "a.example"},
      // What no reader may cut, trim or fold.
      {"a.example\0"s, "a.example"},
      {"a.example\0.evil"s, "a.example"},
      {"\0a.example"s, "a.example"},
      {"*.a.example\0.evil"s, "x.a.example"},
      {"a.example.", "a.example"},
      {"*.a.example.", "x.a.example"},
      {".a.example", "a.example"},
      {"a..example", "a.example"},
      {" a.example", "a.example"},
      {"a.example ", "a.example"},
      {"a.example\n", "a.example"},
      {"a .example", "a.example"},
      {"a.example:5269", "a.example"},
      {"https://a.example", "a.example"},
      {"user@a.example", "a.example"},
      // IA5String is ASCII: a U-label is no presented name.
      {"bücher.example", "bücher.example"},
      {"b\xfc"
       "cher.example",
       "bücher.example"},
      {"faß.example", "fass.example"},
      {"a\xc2\xad.example", "a.example"},
      {"ａ.example", "a.example"},
      {std::string(64, 'a') + ".example", "a.example"},
      {std::string(300, 'a') + ".example", "a.example"},
  };
  for (const Row& row : rows) {
    EXPECT_FALSE(Names(DnsName(row.presented), row.reference))
        << row.presented << " for " << row.reference;
  }
}

// C-12, C-02
TEST(IdentityTest, SrvIdNamesTheDomainOfTheXmppServerService) {
  const Row rows[] = {
      {"_xmpp-server.a.example", "a.example"},
      {"_XMPP-Server.A.example", "a.example"},
      {"_xmpp-server.*.a.example", "x.a.example"},
      {"_xmpp-server.xn--bcher-kva.example", "bücher.example"},
  };
  for (const Row& row : rows) {
    EXPECT_TRUE(Names(SrvName(row.presented), row.reference)) << row.presented;
  }
}

// C-12, C-02
TEST(IdentityTest, SrvIdOfAnotherServiceOrFormNamesNobody) {
  const Row rows[] = {
      {"_xmpp-client.a.example", "a.example"},
      {"_xmpps-server.a.example", "a.example"},
      {"_xmpp-server._tcp.a.example", "a.example"},
      {"xmpp-server.a.example", "a.example"},
      {"_imap.a.example", "a.example"},
      {"a.example", "a.example"},
      {"_xmpp-server.", "a.example"},
      {"_xmpp-server.b.example", "a.example"},
      {"_xmpp-server.a.example.", "a.example"},
      {"_xmpp-server.a.example\0"s, "a.example"},
      {"_xmpp-server\0.a.example"s, "a.example"},
      {"*.a.example", "x.a.example"},
      {"_xmpp-server.bücher.example", "bücher.example"},
      {"_xmpp-server.a.example", "_xmpp-server.a.example"},
  };
  for (const Row& row : rows) {
    const auto reference = Domain::Parse(row.reference);
    if (!reference) continue;  // no reference identity at all
    EXPECT_FALSE(Names(SrvName(row.presented), row.reference)) << row.presented;
  }
}

// C-10, B-23
TEST(IdentityTest, XmppAddrNamesTheDomainAfterPreparation) {
  const Row rows[] = {
      {"a.example", "a.example"},
      {"A.EXAMPLE", "a.example"},
      {"bücher.example", "bücher.example"},
      {"BÜCHER.example", "bücher.example"},
      {"xn--bcher-kva.example", "bücher.example"},
      {"bu\xcc\x88"
       "cher.example",
       "bücher.example"},
  };
  for (const Row& row : rows) {
    EXPECT_TRUE(Names(XmppAddr(row.presented), row.reference)) << row.presented;
  }
}

// B-23, C-15
TEST(IdentityTest, XmppAddrThatIsNoBareDomainNamesNobody) {
  const Row rows[] = {
      {"user@a.example", "a.example"},
      {"a.example/resource", "a.example"},
      {"user@a.example/resource", "a.example"},
      {"@a.example", "a.example"},
      {"*.a.example", "x.a.example"},
      {"*", "a.example"},
      {"b.example", "a.example"},
      {"a.example.", "a.example"},
      {"a.example\0"s, "a.example"},
      {"a.example\0.evil"s, "a.example"},
      {" a.example", "a.example"},
      {"a.example\n", "a.example"},
      {"", "a.example"},
      {"\xff\xfe", "a.example"},
      {"a.exampl\xc3", "a.example"},
      {std::string(2000, 'a'), "a.example"},
  };
  for (const Row& row : rows) {
    EXPECT_FALSE(Names(XmppAddr(row.presented), row.reference))
        << row.presented;
  }
}

// B10
TEST(IdentityTest, NameOfAnotherTypeNamesNobody) {
  const Bytes text = Octets("a.example");
  const Bytes names[] = {
      EmailName("a.example"),
      EmailName("a@a.example"),
      UriName("a.example"),
      UriName("xmpp:a.example"),
      IpName("\xc0\x00\x02\x01"),
      Tlv(0x88, text),                                  // registeredID
      Tlv(0xa2, text),                                  // constructed dNSName
      Tlv(0xa2, Tlv(0x16, text)),                       // explicitly tagged
      OtherName("1.3.6.1.5.5.7.8.5", Tlv(0x16, text)),  // XmppAddr as IA5
      OtherName("1.3.6.1.5.5.7.8.5", Tlv(0x04, text)),
      OtherName("1.3.6.1.5.5.7.8.5",
                Concat({Tlv(0x0c, text), Tlv(0x0c, text)})),
      OtherName("1.3.6.1.5.5.7.8.7", Tlv(0x16, text)),
      OtherName("1.3.6.1.5.5.7.8.7",  // SRVName as UTF8String
                Tlv(0x0c, Octets("_xmpp-server.a.example"))),
      OtherName("1.3.6.1.5.5.7.8.6", Tlv(0x0c, text)),
      OtherName("1.3.6.1.4.1.311.20.2.3", Tlv(0x0c, text)),  // UPN
      Tlv(0xa0, text),                                       // broken otherName
  };
  for (const Bytes& name : names) {
    EXPECT_FALSE(Names(name, "a.example")) << testing::PrintToString(name);
  }
}

// B-24: one identifier for the reference is enough, wherever it stands.
TEST(IdentityTest, AnyOfSeveralIdentifiersIsEnough) {
  const auto leaf = Issue({.names = {
                               IpName("\xc0\x00\x02\x01"),
                               EmailName("x@y.example"),
                               DnsName("bad\0.example"s),
                               DnsName("b.example"),
                               XmppAddr("c.example"),
                               SrvName("_xmpp-server.d.example"),
                           }});
  for (const char* named : {"b.example", "c.example", "d.example"}) {
    EXPECT_TRUE(MatchesIdentity(leaf.der, Reference(named))) << named;
  }
  EXPECT_FALSE(MatchesIdentity(leaf.der, Reference("y.example")));
  EXPECT_FALSE(MatchesIdentity(leaf.der, Reference("bad")));
}

// C-12: service of one, name of another.
TEST(IdentityTest, PartsOfTwoIdentifiersAreNeverCombined) {
  const auto leaf = Issue({.names = {SrvName("_xmpp-server.b.example"),
                                     SrvName("_imap.a.example")}});
  EXPECT_FALSE(MatchesIdentity(leaf.der, Reference("a.example")));
}

// C-13
TEST(IdentityTest, CommonNameNeverCounts) {
  const auto leaf = Issue({.subject = "a.example"});
  EXPECT_FALSE(MatchesIdentity(leaf.der, Reference("a.example")));
}

TEST(IdentityTest, SubjectAltNameThatCannotBeReadNamesNobody) {
  const Bytes good = DnsName("a.example");
  const Bytes values[] = {
      {},
      Tlv(0x30, {}),
      good,
      Tlv(0x31, good),
      Concat({Tlv(0x30, good), {0x00}}),
      Tlv(0x30, Concat({good, {0x82, 0x7f, 0x61}})),  // runs over its end
      Tlv(0x30, Concat({good, {0x82}})),
      {0x30, 0x80, 0x82, 0x01, 0x61, 0x00, 0x00},  // indefinite length
  };
  for (const Bytes& value : values) {
    const auto leaf = Issue({.extensions = {{"2.5.29.17", value}}});
    EXPECT_FALSE(MatchesIdentity(leaf.der, Reference("a.example")))
        << testing::PrintToString(value);
  }
}

// RFC 5280 section 4.2
TEST(IdentityTest, SubjectAltNameTwiceNamesNobody) {
  const Extension once{"2.5.29.17", Tlv(0x30, DnsName("a.example"))};
  const auto leaf = Issue({.extensions = {once, once}});
  EXPECT_FALSE(MatchesIdentity(leaf.der, Reference("a.example")));
}

TEST(IdentityTest, BytesThatAreNoCertificateNameNobody) {
  const auto leaf = Issue({.names = {DnsName("a.example")}});
  for (std::size_t size = 0; size < leaf.der.size(); ++size) {
    const std::span cut(leaf.der.data(), size);
    EXPECT_FALSE(MatchesIdentity(cut, Reference("a.example"))) << size;
  }
  Bytes longer = leaf.der;
  longer.push_back(0);
  EXPECT_FALSE(MatchesIdentity(longer, Reference("a.example")));
}

}  // namespace
}  // namespace danegate::test
