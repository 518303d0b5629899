// What a parser may read over, and that reading over it changes nothing.
#include "proxy/xmpp/plain_text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/xmpp/guarded.h"

namespace danegate {
namespace {

constexpr std::string_view kMarkup = "<>&]";

bool IsPlain(int octet) {
  if (octet == '\t' || octet == '\n') return true;
  return octet >= ' ' && octet < 0x7F &&
         kMarkup.find(static_cast<char>(octet)) == kMarkup.npos;
}

// `octet` among 16 others.
std::string Among(int octet, std::size_t at) {
  std::string text(17, 'x');
  text[at] = static_cast<char>(octet);
  return text;
}

TEST(PlainText, IsTheSameAtEveryPlaceOfABlock) {
  for (int octet = 0; octet < 256; ++octet) {
    for (std::size_t at = 0; at < 16; ++at) {
      EXPECT_EQ(PlainPrefix(Among(octet, at)), IsPlain(octet) ? 16u : 0u)
          << octet << " at " << at;
    }
  }
}

TEST(PlainText, EndsInFrontOfTheBlockThatIsNot) {
  EXPECT_EQ(PlainPrefix(""), 0u);
  EXPECT_EQ(PlainPrefix(std::string(15, 'x')), 0u);
  EXPECT_EQ(PlainPrefix(std::string(47, 'x')), 32u);
  EXPECT_EQ(PlainPrefix(std::string(40, 'x') + "<" + std::string(40, 'x')),
            32u);
}

TEST(PlainText, RunsAreFoundWhereTheyBegin) {
  const std::string run(kPlainRun + 30, 'x');
  for (std::size_t before = 0; before < 64; ++before) {
    const std::string tag(before, '<');
    const std::size_t begin = FindPlainRun(tag + run + "<");
    EXPECT_GE(begin, before);
    EXPECT_LE(begin, before + 15);
  }
  const std::string none = std::string(kPlainRun - 16, 'x') + "<";
  EXPECT_EQ(FindPlainRun(none + none + none), 3 * none.size());
}

// What came of a stanza with this in its body, given at once or octet by octet,
// where no run is long enough to be read over.
std::string Judged(const std::string& body, bool at_once) {
  Guarded guarded;
  const std::string input = Stanza("<body>" + body + "</body>") + Stanza();
  if (at_once) {
    guarded.Feed(input);
  } else {
    for (const char& octet : input) guarded.Feed({&octet, 1});
  }
  return guarded.End() + " " + std::to_string(guarded.stanzas) + " " +
         guarded.passed;
}

TEST(PlainText, HidesNothingFromTheGuard) {  // D5, A1.13
  const std::string more[] = {"]]>",       "&amp;",   "&bad;",     "<b/>",
                              "<![CDATA[", "]]",      "\r",        "\xC3\xA9",
                              "\xC3",      "</body>", "<!-- x -->"};
  const std::string run(kPlainRun + 40, 'x');
  for (int octet = 0; octet < 256; ++octet) {
    const std::string body = run + static_cast<char>(octet) + run;
    EXPECT_EQ(Judged(body, true), Judged(body, false)) << octet;
  }
  for (const auto& first : more) {
    for (const auto& second : more) {
      const std::string body = run + first + run + second + run;
      EXPECT_EQ(Judged(body, true), Judged(body, false)) << first << second;
    }
  }
}

TEST(PlainText, IsLookedAtInAttributesAndBetweenStanzas) {
  const std::string run(2 * kPlainRun, 'x');
  Guarded attributes;
  attributes.Feed(Stanza("<a b='" + run + "\"' c='" + run + "' c=''/>"));
  EXPECT_EQ(attributes.End(), "not-well-formed");
  Guarded between;
  between.Feed(Stanza() + run);
  EXPECT_EQ(between.End(), "bad-format");
}

}  // namespace
}  // namespace danegate
