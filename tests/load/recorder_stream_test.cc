#include "bench/load/recorder/recorder_stream.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>

namespace danegate {
namespace {

constexpr std::string_view kHeader =
    "<?xml version='1.0'?><stream:stream xmlns='jabber:server' "
    "xmlns:stream='http://etherx.jabber.org/streams' from='peer.example' "
    "to='tenant.example' version='1.0'>";
constexpr std::string_view kStartTls =
    "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
constexpr std::string_view kAuth =
    "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' "
    "mechanism='EXTERNAL'>=</auth>";
constexpr std::string_view kClose = "</stream:stream>";

std::string Text(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts) text += part;
  return text;
}

std::string Stanza(std::uint64_t number) {
  std::string text;
  StanzaWriter(*Domain::Parse("peer.example"), *Domain::Parse("tenant.example"))
      .Append(text, {300, 0, number, Instant{}});
  return text;
}

// Plays the edge that connects.
struct Script {
  explicit Script(bool direct) : stream(direct) {
    if (direct) Tls();
  }

  // In pieces of so many octets.
  void Edge(std::string_view text, std::size_t piece = 100000) {
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
      stream.OnBytes(text.substr(0, piece));
      arrived += stream.arrived().size();
      Drain();
    }
  }
  void Tls() {
    stream.OnTlsEstablished();
    Drain();
  }
  void Drain() {
    while (const auto action = stream.NextAction()) {
      if (const auto* send = std::get_if<action::Send>(&*action)) {
        sent += send->bytes;
      } else if (std::holds_alternative<action::StartTls>(*action)) {
        ++tls_begun;
      } else if (std::holds_alternative<action::Close>(*action)) {
        ++closed;
      } else {
        ADD_FAILURE() << "an action that is not for a recorder";
      }
    }
  }
  bool Said(std::string_view text) const {
    return sent.find(text) != sent.npos;
  }

  RecorderStream stream;
  std::string sent;
  std::size_t arrived = 0;
  int tls_begun = 0;
  int closed = 0;
};

TEST(RecorderStream, TakesAStreamBothWaysInPiecesOfAnySize) {
  for (const bool direct : {false, true}) {
    for (const std::size_t piece : {1, 2, 3, 7, 50, 100000}) {
      Script script(direct);
      if (!direct) {
        script.Edge(Text({kHeader, kStartTls}), piece);
        EXPECT_EQ(script.tls_begun, 1);
        script.Tls();
      }
      script.Edge(Text({kHeader, kAuth}), piece);
      script.Edge(Text({kHeader, Stanza(0), Stanza(1)}), piece);
      EXPECT_TRUE(script.stream.open());
      script.Edge(kClose, piece);
      EXPECT_EQ(script.arrived, 2u) << piece;
      EXPECT_EQ(script.closed, 1);
      EXPECT_EQ(script.stream.error(), "");
      EXPECT_TRUE(script.sent.ends_with(kClose));
    }
  }
}

TEST(RecorderStream, OffersStartTlsAndThenExternal) {
  Script script(false);
  script.Edge(kHeader);
  EXPECT_TRUE(script.Said("from='tenant.example'")) << script.sent;
  EXPECT_TRUE(script.Said("to='peer.example'")) << script.sent;
  EXPECT_TRUE(script.Said("<starttls ")) << script.sent;
  EXPECT_FALSE(script.Said("EXTERNAL"));
  script.Edge(kStartTls);
  EXPECT_TRUE(script.sent.ends_with(
      "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"));
  script.Tls();
  script.sent.clear();
  script.Edge(kHeader);
  EXPECT_TRUE(script.Said("<mechanism>EXTERNAL</mechanism>")) << script.sent;
  script.Edge(kAuth);
  EXPECT_TRUE(script.Said("<success ")) << script.sent;
  EXPECT_FALSE(script.stream.open());
  script.Edge(kHeader);
  EXPECT_TRUE(script.sent.ends_with("<stream:features/>")) << script.sent;
  EXPECT_TRUE(script.stream.open());
}

TEST(RecorderStream, TakesStanzasInTheSegmentOfTheHeader) {
  Script script(true);
  script.Edge(Text({kHeader, kAuth, kHeader, Stanza(0), Stanza(1),
                    Stanza(2).substr(0, 20)}));
  EXPECT_EQ(script.arrived, 2u);
  script.Edge(Text({Stanza(2).substr(20), kClose}));
  EXPECT_EQ(script.arrived, 3u);
  EXPECT_EQ(script.stream.error(), "");
}

TEST(RecorderStream, AnotherElementEndsTheNegotiation) {
  const struct {
    bool direct;
    std::string_view element;
    std::string_view named;
  } cases[] = {{false, kAuth, "auth"},
               {true, kStartTls, "starttls"},
               {true, "<message xmlns='jabber:server'/>", "message"}};
  for (const auto& one : cases) {
    Script script(one.direct);
    script.Edge(Text({kHeader, one.element}));
    EXPECT_EQ(script.closed, 1) << one.element;
    EXPECT_EQ(script.stream.error(),
              "it sent \"" + std::string(one.named) + "\" in its negotiation");
  }
}

TEST(RecorderStream, CleartextBehindStartTlsIsNotPartOfTheStream) {
  for (const std::string_view more : {kHeader, std::string_view("\n")}) {
    Script script(false);
    script.Edge(Text({kHeader, kStartTls, more}));
    EXPECT_EQ(script.closed, 1);
    EXPECT_FALSE(script.stream.open());
    EXPECT_EQ(script.stream.error(), "it sent cleartext where TLS begins");
  }
}

TEST(RecorderStream, SomethingElseThanAStanzaEndsTheStream) {
  Script script(true);
  script.Edge(Text({kHeader, kAuth, kHeader, Stanza(0), "<presence/>"}));
  EXPECT_EQ(script.arrived, 1u);
  EXPECT_EQ(script.closed, 1);
  EXPECT_EQ(script.stream.error(),
            "no stanza of ours arrived: \"<presence/>\"");
  script.Edge(Stanza(1));
  EXPECT_EQ(script.arrived, 1u);
}

TEST(RecorderStream, BrokenXmlEndsTheNegotiation) {
  Script script(true);
  script.Edge("<stream:stream><");
  EXPECT_EQ(script.closed, 1);
  EXPECT_TRUE(script.stream.error().starts_with("its XML is wrong: "))
      << script.stream.error();
}

TEST(RecorderStream, ACloseInTheNegotiationIsAnsweredAndNoFailure) {
  Script script(true);
  script.Edge(Text({kHeader, kClose}));
  EXPECT_EQ(script.closed, 1);
  EXPECT_TRUE(script.sent.ends_with(kClose));
  EXPECT_EQ(script.stream.error(), "");
}

}  // namespace
}  // namespace danegate
