#include "bench/load/stanzas/stanza_mix.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace danegate {
namespace {

std::vector<std::size_t> Sizes(std::string_view text, std::size_t count) {
  const auto mix = StanzaMix::Parse(text);
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < count; ++i) sizes.push_back(mix->SizeOf(i));
  return sizes;
}

TEST(StanzaMix, OneSizeIsEveryStanzas) {
  EXPECT_EQ(Sizes("300", 3), (std::vector<std::size_t>{300, 300, 300}));
  EXPECT_EQ(Sizes("300:7", 3), (std::vector<std::size_t>{300, 300, 300}));
}

TEST(StanzaMix, SizesAreInTurnWhereTheyWeighTheSame) {
  EXPECT_EQ(Sizes("300,4096", 4),
            (std::vector<std::size_t>{300, 4096, 300, 4096}));
}

TEST(StanzaMix, ARareSizeStandsInTheMiddleOfTheOthersAndRepeats) {
  EXPECT_EQ(Sizes("300:4,4096:1", 10),
            (std::vector<std::size_t>{300, 300, 4096, 300, 300,  //
                                      300, 300, 4096, 300, 300}));
}

TEST(StanzaMix, EachSizeIsAsOftenAsItsWeightSays) {
  std::map<std::size_t, int> seen;
  for (const std::size_t size : Sizes("300:8,4096:3,65536:1", 120)) {
    ++seen[size];
  }
  EXPECT_EQ(seen,
            (std::map<std::size_t, int>{{300, 80}, {4096, 30}, {65536, 10}}));
}

TEST(StanzaMix, KnowsItsTextAndTheSmallest) {
  const auto mix = StanzaMix::Parse("4096:2,300:8,65536");
  ASSERT_TRUE(mix.ok());
  EXPECT_EQ(mix->text(), "4096:2,300:8,65536");
  EXPECT_EQ(mix->smallest(), 300u);
}

TEST(StanzaMix, TakesTheLargestSizeAndWeight) {
  EXPECT_TRUE(StanzaMix::Parse("1048576:1000").ok());
}

TEST(StanzaMix, WhatIsWrongIsNamedWithWhatWasExpected) {
  const struct {
    std::string_view text;
    std::string_view wrong;
  } cases[] = {{"", "''"},
               {"0", "'0'"},
               {"300:0", "'300:0'"},
               {"300:", "'300:'"},
               {":1", "':1'"},
               {"300,", "''"},
               {",300", "''"},
               {"300,,400", "''"},
               {"300:1:1", "'300:1:1'"},
               {" 300", "' 300'"},
               {"300 ", "'300 '"},
               {"-300", "'-300'"},
               {"3e2", "'3e2'"},
               {"300,1048577", "'1048577'"},
               {"300:1001", "'300:1001'"},
               {"99999999999999999999999", "'99999999999999999999999'"}};
  for (const auto& one : cases) {
    const auto mix = StanzaMix::Parse(one.text);
    ASSERT_FALSE(mix.ok()) << one.text;
    EXPECT_TRUE(mix.error().starts_with("expected OCTETS or OCTETS:WEIGHT"));
    EXPECT_TRUE(mix.error().ends_with("got " + std::string(one.wrong)))
        << mix.error();
  }
}

}  // namespace
}  // namespace danegate
