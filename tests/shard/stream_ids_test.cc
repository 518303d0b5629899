#include "proxy/shard/stream_ids.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>

namespace danegate {
namespace {

// A-11, G-37, L-07.
TEST(StreamIds, A11_AreFreshAndLongAndNmtokens) {
  StreamIds ids;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = ids.NextId();
    EXPECT_EQ(id.size(), 32U);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_TRUE(seen.insert(id).second) << id;
  }
}

TEST(StreamIds, A11_TwoSourcesDoNotAgree) {
  StreamIds first, second;
  EXPECT_NE(first.NextId(), second.NextId());
}

TEST(StreamNumbers, AreUniqueAndExactForEveryReaderOfJson) {
  constexpr std::uint64_t kOneShards = std::uint64_t{1} << 44;
  for (const unsigned shard : {0U, 1U, 2U, 254U, 255U}) {
    const std::uint64_t first = FirstStreamNumber(shard);
    EXPECT_GE(FirstStreamNumber(shard + 1), first + kOneShards);
    const std::uint64_t last = first + kOneShards - 1;
    EXPECT_LT(last, std::uint64_t{1} << 53);
  }
}

}  // namespace
}  // namespace danegate
