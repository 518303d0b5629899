#include "tenants/config/source_line.h"

#include <gtest/gtest.h>

#include <string>

namespace danegate {
namespace {

// The line of `text` and what is under it.
std::string Show(const std::string& text, std::size_t line,
                 std::size_t column) {
  const auto excerpt = ToExcerpt(FindSourceLine(text, line, column));
  return excerpt.line + "\n" + excerpt.marks;
}

TEST(SourceLine, AScalarIsMarkedFromItsPlaceToItsEnd) {
  EXPECT_EQ(Show("tenant: acme\nidentity: edge-kee # three\n", 2, 11),
            "identity: edge-kee # three\n          ^~~~~~~~");
  EXPECT_EQ(Show("domain: x", 1, 1), "domain: x\n^~~~~~");
  EXPECT_EQ(Show("notes: a, b", 1, 8), "notes: a, b\n       ^~~~");
  EXPECT_EQ(Show("a: 'it''s' # b", 1, 4), "a: 'it''s' # b\n   ^~~~");
  EXPECT_EQ(Show("a: \"x\\\"y\" # b", 1, 4), "a: \"x\\\"y\" # b\n   ^~~~~~");
}

TEST(SourceLine, InBracketsAnItemEndsAtItsComma) {
  EXPECT_EQ(Show("d: [a.b, c d, e]", 1, 5), "d: [a.b, c d, e]\n    ^~~");
  EXPECT_EQ(Show("d: [a.b, c d, e]", 1, 15),
            "d: [a.b, c d, e]\n              ^");
  EXPECT_EQ(Show("d: [a.b, \"]\", {c: e}] #", 1, 4),
            "d: [a.b, \"]\", {c: e}] #\n   ^~~~~~~~~~~~~~~~~~");
  EXPECT_EQ(Show("  a.b,\n", 1, 3), "  a.b,\n  ^~~");
  EXPECT_EQ(Show("d: [a", 1, 4), "d: [a\n   ^~");
}

TEST(SourceLine, ThePlaceBehindALineIsMarked) {
  EXPECT_EQ(Show("d: [a", 1, 6), "d: [a\n     ^");
  EXPECT_EQ(Show("d: [a\r\nb", 1, 60), "d: [a\n     ^");
}

TEST(SourceLine, ALineThatIsNotThereIsEmpty) {
  for (const auto& [line, column] :
       {std::pair<std::size_t, std::size_t>{0, 0}, {3, 1}, {2, 1}, {9, 9}}) {
    EXPECT_EQ(FindSourceLine("a: b\n  \n", line, column).text, "");
  }
  EXPECT_EQ(FindSourceLine("", 1, 1).text, "");
}

TEST(SourceLine, CharactersAreCountedAndNotOctets) {
  EXPECT_EQ(Show("d: [b\xC3\xBC"
                 "cher, \xE2\x82\xAC]",
                 1, 14),
            "d: [b\xC3\xBC"
            "cher, \xE2\x82\xAC]\n            ^");
  EXPECT_EQ(Show("d: b\xC3\xBC"
                 "cher",
                 1, 4),
            "d: b\xC3\xBC"
            "cher\n   ^~~~~~");
}

TEST(SourceLine, WhatCannotBeSeenIsEscapedAndTheCaretStandsRight) {
  EXPECT_EQ(Show("a\x01: \x1B[31m", 1, 5),
            "a\\x01: \\x1B[31m\n       ^~~~~~~~");
  EXPECT_EQ(Show("\xC2\x9B \xE2\x80\xAE \xFF x", 1, 10),
            "\\u{009B} \\u{202E} \\xFF x\n                       ^");
}

TEST(SourceLine, ATabGoesToItsStop) {
  EXPECT_EQ(Show("a:\tb", 1, 4), "a:      b\n        ^");
  EXPECT_EQ(Show("\thosts: x", 1, 1), "        hosts: x\n^");
}

TEST(SourceLine, OfALongLineThePartAroundThePlaceIsShown) {
  const std::string line =
      "d: [" + std::string(400, 'a') + ", x, " + std::string(400, 'b') + "]";
  const auto excerpt = ToExcerpt(FindSourceLine(line, 1, 407));
  EXPECT_TRUE(excerpt.line.starts_with("…aaa"));
  EXPECT_TRUE(excerpt.line.ends_with("bbb…"));
  EXPECT_NE(excerpt.line.find(", x, b"), std::string::npos);
  // The cut mark is one column and three octets.
  EXPECT_EQ(excerpt.marks.find('^'), excerpt.line.find(", x, b"));
  EXPECT_LE(excerpt.line.size() - 4, SourceExcerpt::kColumns);
}

TEST(SourceLine, WhatIsKeptIsBoundedAndCutsNoCharacter) {
  std::string line;
  for (int i = 0; i < 40000; ++i) line += "\xC3\xBC";
  for (const std::size_t column : {1U, 1001U, 40001U, 79999U, 80001U}) {
    const SourceLine source = FindSourceLine(line, 1, column);
    EXPECT_LE(source.text.size(), SourceLine::kMost);
    EXPECT_LE(source.at + source.extent, source.text.size());
    const auto excerpt = ToExcerpt(source);
    EXPECT_EQ(excerpt.line.find('\\'), std::string::npos) << excerpt.line;
    EXPECT_NE(excerpt.marks.find('^'), std::string::npos);
    EXPECT_LE(excerpt.marks.size(), SourceExcerpt::kColumns);
  }
}

}  // namespace
}  // namespace danegate
