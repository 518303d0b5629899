#include "proxy/xmpp/xml_reader.h"

#include <gtest/gtest.h>

#include <ctime>
#include <string>

#include "proxy/xmpp/limits.h"
#include "proxy/xmpp/stream_reader.h"

namespace danegate {
namespace {

// Writes down what it is told: "(name ", text, ")".
class Recorder final : public XmlReader::Sink {
 public:
  std::string heard;

 private:
  void OnNamespace(std::string_view, std::string_view) override {}
  void OnStart(std::size_t, const XmlStart& start) override {
    heard += "(" + std::string(start.name().local);
  }
  void OnEnd(std::size_t) override { heard += ")"; }
  void OnText(std::string_view text) override { heard += text; }
};

struct Reading {
  explicit Reading(const XmlLimits& limits = StanzaLimits())
      : reader(limits, recorder) {
    reader.WantText(true);
  }
  std::string Condition() const {
    return reader.error() ? std::string(ToString(reader.error()->condition))
                          : "";
  }
  Recorder recorder;
  XmlReader reader;
};

TEST(XmlReader, ReportsEverythingAtItsLastOctet) {  // A5
  const std::string input = "<a><b x='>'>t</b><c/></a>";
  Reading whole;
  whole.reader.Feed(input);
  for (std::size_t i = 1; i <= input.size(); ++i) {
    Reading once;
    once.reader.Feed(std::string_view(input).substr(0, i));
    Reading trickled;
    for (std::size_t j = 0; j < i; ++j) trickled.reader.Feed({&input[j], 1});
    EXPECT_EQ(once.recorder.heard, trickled.recorder.heard) << i;
  }
  EXPECT_EQ(whole.recorder.heard, "(a(bt)(c))");
}

TEST(XmlReader, ReportsALongTagAtItsLastOctet) {  // A5
  for (const char quote : {'\'', '"'}) {
    const std::string tag = std::string("<a b=") + quote +
                            std::string(2000, '>') + quote + " c='\"'/>";
    Reading reading;
    for (std::size_t i = 0; i + 1 < tag.size(); ++i) {
      reading.reader.Feed({&tag[i], 1});
      ASSERT_EQ(reading.recorder.heard, "");
    }
    reading.reader.Feed(">");
    EXPECT_EQ(reading.recorder.heard, "(a)");
  }
}

TEST(XmlReader, ReadsALongTagInPiecesWithoutReadingItAgainAndAgain) {  // A4
  // 48 KiB octet by octet, each a '>', would be more than a thousand million
  // octets to read again: seconds. Not doing so takes a few milliseconds.
  Reading reading;
  const std::clock_t begun = std::clock();  // of this process, not of others
  reading.reader.Feed("<a b='");
  for (int i = 0; i < 48 * 1024; ++i) reading.reader.Feed(">");
  reading.reader.Feed("'/>");
  EXPECT_EQ(reading.recorder.heard, "(a)");
  EXPECT_LT(std::clock() - begun, CLOCKS_PER_SEC / 2);
}

TEST(XmlReader, KeepsWithinItsMemoryWhateverComes) {  // A3, threats 0.5
  const auto nested = [] {
    std::string out;
    for (int i = 0; i < 3000; ++i) out += "<a" + std::to_string(i) + ">";
    return out;
  }();
  const auto attributes = [] {
    std::string out = "<a";
    for (int i = 0; i < 3000; ++i) out += " a" + std::to_string(i) + "=''";
    return out;
  }();
  const auto namespaces = [] {
    std::string out = "<a";
    for (int i = 0; i < 3000; ++i) {
      out += " xmlns:p" + std::to_string(i) + "='urn:u'";
    }
    return out;
  }();
  const std::string inputs[] = {nested,
                                attributes,
                                namespaces,
                                "<a a='" + std::string(300'000, 'x'),
                                "<" + std::string(300'000, 'x'),
                                "<a>" + std::string(300'000, 'x'),
                                "<!--" + std::string(300'000, 'x'),
                                "<a>&" + std::string(300'000, 'x')};
  for (const auto& input : inputs) {
    for (const auto& limits : {NegotiationLimits(), StanzaLimits()}) {
      Reading reading(limits);
      std::size_t most = 0;
      for (std::size_t i = 0; i < input.size(); i += 1000) {
        reading.reader.Feed(std::string_view(input).substr(i, 1000));
        most = std::max(most, reading.reader.memory());
      }
      EXPECT_LE(most, limits.memory) << input.substr(0, 10);
    }
  }
}

TEST(XmlReader, RefusesWhatItsMemoryDoesNotHold) {
  auto limits = StanzaLimits();
  limits.memory = 20'000;
  Reading reading(limits);
  reading.reader.Feed("<a b='" + std::string(30'000, 'x') + "'>");
  EXPECT_EQ(reading.Condition(), "policy-violation");
}

TEST(XmlReader, FailsWhereItsMemoryHoldsNoParser) {
  auto limits = StanzaLimits();
  limits.memory = 100;
  Reading reading(limits);
  EXPECT_FALSE(reading.reader.Feed("<a>"));
  EXPECT_EQ(reading.Condition(), "resource-constraint");
}

TEST(XmlReader, AcceptsATagOfTheLargestSizeInItsMemory) {
  const auto limits = StanzaLimits();
  for (const std::size_t piece : {100u, 4096u, 100'000u}) {
    Reading reading;
    std::string tag = "<a b='";
    tag += std::string(limits.tag_bytes - tag.size() - 3, 'x') + "'/>";
    for (std::size_t i = 0; i < tag.size(); i += piece) {
      reading.reader.Feed(std::string_view(tag).substr(i, piece));
    }
    EXPECT_EQ(reading.recorder.heard, "(a)") << reading.reader.error()->text;
  }
}

TEST(XmlReader, RefusesACommentBeforeItEnds) {
  Reading reading;
  reading.reader.Feed("<a><!-- x");
  EXPECT_EQ(reading.Condition(), "restricted-xml");
}

TEST(XmlReader, ExpandsNoEntities) {  // A2
  Reading reading;
  reading.reader.Feed(
      "<!DOCTYPE a [<!ENTITY b 'bbbb'><!ENTITY c '&b;&b;&b;'>]><a>&c;</a>");
  EXPECT_EQ(reading.Condition(), "restricted-xml");
  EXPECT_EQ(reading.recorder.heard, "");
}

}  // namespace
}  // namespace danegate
