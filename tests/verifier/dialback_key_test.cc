#include "verifier/dialback_key.h"

#include <gtest/gtest.h>

#include "tests/support/domains.h"

namespace danegate {
namespace {

constexpr std::string_view kSecret = "s3cr3tf0rd14lb4ck";
constexpr std::string_view kKey =
    "37c69b1cf07a3f67c04a5ef5902fa5114f2c76fe4a2686482ba5b89323075643";

TEST(DialbackKeys, AreThoseOfXep0185) {  // G-30
  const struct {
    std::string_view secret, receiving, originating, id, key;
  } rows[] = {
      {kSecret, "xmpp.example.com", "example.org", "D60000229F", kKey},
      {kSecret, "montague.example", "capulet.example", "D60000229F",
       "b4835385f37fe2895af6c196b59097b16862406db80559900d96bf6fa7d23df3"},
      {"d14lb4ck43v3r", "capulet.example", "montague.example", "417GAF25",
       "225cc5aa6a071133249d25fef42ae516fc7a86c523aa1c6980a7f73e784c972d"},
  };
  for (const auto& row : rows) {
    const DialbackKeys keys(row.secret);
    EXPECT_EQ(keys.Make(D(row.receiving), D(row.originating), row.id), row.key);
    EXPECT_TRUE(
        keys.IsValid(D(row.receiving), D(row.originating), row.id, row.key));
  }
}

TEST(DialbackKeys, AreGoodForOnePairAndStreamOnly) {  // C6, G-61, G-62
  const DialbackKeys keys(kSecret);
  const auto valid = [&](std::string_view receiving,
                         std::string_view originating, std::string_view id,
                         std::string_view key) {
    return keys.IsValid(D(receiving), D(originating), id, key);
  };
  ASSERT_TRUE(valid("xmpp.example.com", "example.org", "D60000229F", kKey));
  EXPECT_FALSE(valid("example.org", "xmpp.example.com", "D60000229F", kKey));
  EXPECT_FALSE(valid("other.example", "example.org", "D60000229F", kKey));
  EXPECT_FALSE(valid("xmpp.example.com", "example.net", "D60000229F", kKey));
  EXPECT_FALSE(valid("xmpp.example.com", "example.org", "D60000229E", kKey));
  EXPECT_FALSE(valid("xmpp.example.com", "example.org", "", kKey));
}

TEST(DialbackKeys, RefuseWhatIsNotTheWholeKey) {  // C6, G-32, G-69
  const DialbackKeys keys(kSecret);
  const auto valid = [&](std::string_view key) {
    return keys.IsValid(D("xmpp.example.com"), D("example.org"), "D60000229F",
                        key);
  };
  EXPECT_FALSE(valid(""));
  EXPECT_FALSE(valid(kKey.substr(1)));
  EXPECT_FALSE(valid(kKey.substr(0, 63)));
  EXPECT_FALSE(valid(std::string(kKey) + "0"));
  EXPECT_FALSE(
      valid("37C69B1CF07A3F67C04A5EF5902FA5114F2C76FE4A2686482BA5B893"
            "23075643"));
  for (std::size_t i = 0; i < kKey.size(); ++i) {
    std::string wrong(kKey);
    wrong[i] = wrong[i] == '0' ? '1' : '0';
    EXPECT_FALSE(valid(wrong)) << i;
  }
}

TEST(DialbackKeys, OutliveTheirSecretWhileItIsRolledOver) {  // G-31
  const DialbackKeys before("old");
  const DialbackKeys during("new", "old");
  const DialbackKeys after("new");
  const auto make = [](const DialbackKeys& keys) {
    return keys.Make(D("a.example"), D("b.example"), "1");
  };
  const auto valid = [](const DialbackKeys& keys, std::string_view key) {
    return keys.IsValid(D("a.example"), D("b.example"), "1", key);
  };
  EXPECT_TRUE(valid(during, make(before)));
  EXPECT_TRUE(valid(during, make(during)));
  EXPECT_TRUE(valid(after, make(during)));
  EXPECT_FALSE(valid(after, make(before)));
  EXPECT_FALSE(valid(before, make(after)));
}

TEST(DialbackKeys, KnowADomainInEverySpelling) {  // G-63
  const DialbackKeys keys(kSecret);
  const auto key = keys.Make(D("bücher.example"), D("b.example"), "1");
  EXPECT_TRUE(
      keys.IsValid(D("XN--BCHER-KVA.example."), D("B.Example"), "1", key));
}

}  // namespace
}  // namespace danegate
