#include "proxy/ops/log_text.h"

#include <gtest/gtest.h>

#include <string>

namespace danegate {
namespace {

const std::string kWhy = "the certificate is not the one that _5269 names";
const std::string kRecord =
    "; publish _5269._tcp.mx.peer.example. IN TLSA 3 1 1 D545FA28D70B3C";

TEST(LogText, IsCutBetweenCharacters) {
  EXPECT_EQ(Clip("bücher", 6), "büche...");
  EXPECT_EQ(Clip("bücher", 2), "b...");
  EXPECT_EQ(Clip("bücher", 7), "bücher");
}

TEST(LogText, IsCutBeforeARecordAndNeverWithin) {
  const std::string text = kWhy + kRecord;
  EXPECT_EQ(ClipBeforeRecord(text, text.size()), text);
  for (std::size_t limit = kWhy.size(); limit < text.size(); ++limit) {
    EXPECT_EQ(ClipBeforeRecord(text, limit), kWhy + "...") << limit;
  }
  const std::string more = text + "; " + std::string(500, 'x');
  EXPECT_EQ(ClipBeforeRecord(more, text.size() + 2), text + "; ...");
  const std::string two = text + kRecord;
  EXPECT_EQ(ClipBeforeRecord(two, text.size() + 20), text + "...");
  EXPECT_EQ(ClipBeforeRecord(text, 15), "the certificate...");
  EXPECT_EQ(ClipBeforeRecord(kWhy, 15), "the certificate...");
}

}  // namespace
}  // namespace danegate
