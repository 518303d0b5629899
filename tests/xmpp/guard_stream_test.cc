// The guard and the stream around its stanzas: whitespace, the header's scope,
// the peer's error, the end.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "proxy/xmpp/limits.h"
#include "proxy/xmpp/namespaces.h"
#include "proxy/xmpp/stream_header.h"
#include "tests/xmpp/guarded.h"

namespace danegate {
namespace {

using namespace std::chrono_literals;

TEST(GuardStream, ToleratesWhitespaceAndRelaysNone) {
  Guarded guarded;
  guarded.Feed(" \r\n\t");
  guarded.Feed(Stanza() + "\n" + Stanza() + "\r");
  guarded.Feed("\n");
  EXPECT_EQ(guarded.passed, Stanza() + Stanza());
  EXPECT_EQ(guarded.End(), "open");
}

TEST(GuardStream, EndsAFloodOfWhitespace) {  // A7
  Guarded guarded;
  for (int i = 0; i < 20; ++i) guarded.Feed(std::string(100, ' '));
  EXPECT_EQ(guarded.End(), "policy-violation");
}

TEST(GuardStream, TakesKeepalivesForever) {
  Guarded guarded;
  for (int i = 0; i < 10'000; ++i) {
    guarded.now = guarded.now + 10s;
    guarded.Feed("\n");
  }
  EXPECT_EQ(guarded.End(), "open");
}

TEST(GuardStream, EndsWithTheStream) {  // A1.11
  Guarded guarded;
  guarded.Feed(Stanza() + "</stream:stream>" + std::string(kScope) + Stanza());
  EXPECT_EQ(guarded.passed, Stanza());
  EXPECT_EQ(guarded.End(), "closed");
}

TEST(GuardStream, ReadsThePeersErrorHoweverItIsCut) {
  const std::string error =
      "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
      "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>so &amp; so</text>"
      "<x xmlns='urn:x'><text>not this</text></x></stream:error>";
  for (std::size_t cut = 0; cut <= error.size(); ++cut) {
    Guarded guarded;
    guarded.Feed(Stanza() + error.substr(0, cut));
    guarded.Feed(error.substr(cut));
    ASSERT_EQ(guarded.End(), "peer conflict");
    ASSERT_EQ(guarded.guard.end()->error.text, "so & so");
    ASSERT_EQ(guarded.passed, Stanza());
  }
}

// The parser has met many names, and may not be replaced now.
TEST(GuardStream, ReadsThePeersErrorInOneParserHoweverItIsCut) {  // A1.13
  std::string names;
  for (int i = 0; i < 1000; ++i) names += "<n" + std::to_string(i) + "/>";
  std::string error =
      "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>";
  for (int i = 0; i < 20; ++i) error += "<e" + std::to_string(i) + "/>";
  error += "</stream:error>";
  for (std::size_t cut = 0; cut <= error.size(); ++cut) {
    Guarded guarded;
    guarded.Feed(Stanza(names) + error.substr(0, cut));
    guarded.Feed(error.substr(cut));
    ASSERT_EQ(guarded.End(), "peer conflict") << cut;
  }
  Guarded guarded;
  guarded.Feed(Stanza(names) + error.substr(0, 1));
  for (const char& octet : error.substr(1)) guarded.Feed({&octet, 1});
  EXPECT_EQ(guarded.End(), "peer conflict");
}

TEST(GuardStream, BoundsThePeersError) {  // A-69, A1.13
  const std::string begin = "<stream:error>";
  const std::string end = "</stream:error>";
  const auto room =
      limits::kNegotiationElementBytes - begin.size() - end.size();
  const std::string fillers[] = {std::string(room, 'x'), [&] {
                                   std::string children;
                                   while (children.size() + 4 <= room) {
                                     children += "<a/>";
                                   }
                                   return children;
                                 }()};
  for (const auto& filler : fillers) {
    for (const std::size_t piece : {1u, 7u, 4096u, 100'000u}) {
      const auto feed = [&](const std::string& input) {
        Guarded guarded;
        for (std::size_t i = 0; i < input.size(); i += piece) {
          guarded.Feed(std::string_view(input).substr(i, piece));
        }
        return guarded.End();
      };
      EXPECT_EQ(feed(begin + filler + end), "peer undefined-condition");
      EXPECT_EQ(feed(begin + filler + "<a/>" + end), "policy-violation");
      EXPECT_EQ(feed(begin + filler + filler), "policy-violation");
    }
  }
}

// --- the scope of the peer's header

constexpr std::string_view kNoContentNamespace =
    "<stream xmlns='http://etherx.jabber.org/streams'>";

TEST(GuardStream, AsksForTheNamespaceWhereTheHeaderHasNone) {
  Guarded with(kNoContentNamespace);
  const auto stanza =
      Stanza("<body/>",
             "xmlns='jabber:server' from='peer.example' to='tenant.example'");
  with.Feed(stanza);
  EXPECT_EQ(with.passed, stanza);

  Guarded without(kNoContentNamespace);
  without.Feed(Stanza());
  EXPECT_EQ(without.End(), "unsupported-stanza-type");
}

TEST(GuardStream, KnowsStanzasByTheirFormInOneScopeOnly) {
  StreamHeader header;
  header.uri = xmlns::kStreams;
  header.local = header.prefix = "stream";
  header.namespaces = {{"stream", std::string(xmlns::kStreams)},
                       {"x", "urn:x xmlns='jabber:server'"},
                       {"xmlns", std::string(xmlns::kServer)}};
  EXPECT_FALSE(IsServerScope(WriteScope(header)));
  EXPECT_FALSE(IsServerScope(kNoContentNamespace));
  header.namespaces.emplace_back("", xmlns::kServer);
  EXPECT_TRUE(IsServerScope(WriteScope(header)));
  EXPECT_TRUE(IsServerScope(kScope));
}

TEST(GuardStream, KnowsThePrefixesOfTheHeaderAndNoOthers) {
  Guarded with(
      "<stream:stream xmlns='jabber:server' xmlns:x='urn:x' "
      "xmlns:stream='http://etherx.jabber.org/streams'>");
  with.Feed(Stanza("<x:y/>"));
  EXPECT_EQ(with.End(), "open");
  with.Feed(Stanza("<db:y/>"));
  EXPECT_EQ(with.End(), "not-well-formed");

  Guarded bare(kNoContentNamespace);
  bare.Feed("</stream>");
  EXPECT_EQ(bare.End(), "closed");
}

}  // namespace
}  // namespace danegate
