#include "bench/load/stanzas/stanza_content.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "bench/load/stanzas/marked_stanza.h"
#include "proxy/xmpp/stream_reader.h"
#include "proxy/xmpp/xml_reader.h"

namespace danegate {
namespace {

constexpr StanzaKind kKinds[] = {StanzaKind::kAscii, StanzaKind::kText,
                                 StanzaKind::kNested};

StanzaWriter WriterOf(StanzaKind kind) {
  return {*Domain::Parse("p1.peers.example"),
          *Domain::Parse("t1.tenants.example"), kind};
}

std::string Stanza(StanzaKind kind, std::size_t size) {
  std::string text;
  WriterOf(kind).Append(text, {size, 5, 17, Instant{Duration(1000)}});
  return text;
}

// What a reader finds in a stanza, all of its text read too.
struct Reading final : XmlReader::Sink {
  void OnNamespace(std::string_view, std::string_view) override {}
  void OnStart(std::size_t, const XmlStart& start) override {
    ++elements;
    attributes += start.attribute_count();
  }
  void OnEnd(std::size_t depth) override { ended = depth == 1; }
  void OnText(std::string_view part) override { text += part; }

  std::size_t elements = 0, attributes = 0;
  bool ended = false;
  std::string text;
};

Reading Read(const std::string& stanza) {
  Reading reading;
  XmlReader reader(StanzaLimits(), reading);
  reader.WantText(true);
  EXPECT_TRUE(reader.Feed("<stream>" + stanza)) << stanza;
  EXPECT_TRUE(reading.ended) << stanza;
  return reading;
}

TEST(StanzaContent, EveryKindIsWellFormedAndExactAtEverySize) {
  for (const StanzaKind kind : kKinds) {
    for (std::size_t size = WriterOf(kind).least_size(); size <= 5000; ++size) {
      const std::string stanza = Stanza(kind, size);
      ASSERT_EQ(stanza.size(), size) << ToString(kind);
      Read(stanza);
      if (HasFailure()) return;
    }
  }
}

TEST(StanzaContent, EveryKindKeepsTheMarkAndTheTail) {
  for (const StanzaKind kind : kKinds) {
    for (std::size_t size = WriterOf(kind).least_size(); size <= 5000; ++size) {
      const std::string stanza = Stanza(kind, size);
      const ReadMark read = ReadStanzaMark(stanza);
      ASSERT_EQ(read.kind, ReadMark::Kind::kMark) << ToString(kind) << size;
      ASSERT_EQ(read.mark.size, size);
      ASSERT_EQ(read.mark.stream, 5u);
      ASSERT_EQ(read.mark.number, 17u);
      ASSERT_EQ(read.mark.due, Instant{Duration(1000)});
      ASSERT_TRUE(stanza.ends_with(kStanzaTail));
    }
  }
}

TEST(StanzaContent, TextHasSeveralScriptsAndTheFiveEntities) {
  const std::string stanza = Stanza(StanzaKind::kText, 1500);
  for (const std::string_view part :
       {"ü", "Привет", "会議", "公园", "시간", "🛶", "&amp;", "&lt;", "&gt;",
        "&quot;", "&apos;"}) {
    EXPECT_NE(stanza.find(part), stanza.npos) << part;
  }
  const Reading reading = Read(stanza);
  EXPECT_EQ(reading.elements, 3u);  // the root, the message, its body
  EXPECT_NE(reading.text.find("Müller & Söhne"), std::string::npos);
}

TEST(StanzaContent, NestedHasManyElementsWithAttributes) {
  const Reading reading = Read(Stanza(StanzaKind::kNested, 4096));
  EXPECT_GE(reading.elements, 70u);
  EXPECT_GE(reading.attributes, 100u);
}

TEST(StanzaContent, AFewOctetsAreAllThatIsNotOfItsKind) {
  for (const StanzaKind kind : {StanzaKind::kText, StanzaKind::kNested}) {
    const std::size_t most = kind == StanzaKind::kText ? 10 : 250;
    for (std::size_t size = 1000; size < 3000; ++size) {
      const std::string stanza = Stanza(kind, size);
      const std::size_t end = stanza.size() - kStanzaTail.size();
      const std::size_t filled =
          end - 1 - stanza.find_last_not_of('x', end - 1);
      ASSERT_LE(filled, most) << ToString(kind) << size;
    }
  }
}

}  // namespace
}  // namespace danegate
