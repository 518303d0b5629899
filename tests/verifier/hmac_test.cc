#include "verifier/hmac.h"

#include <gtest/gtest.h>

#include <string>

namespace danegate {
namespace {

TEST(Hmac, IsThatOfRfc4231) {
  const struct {
    std::string key, message;
    std::string_view digest;
  } rows[] = {
      {std::string(20, '\x0b'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(131, '\xaa'),
       "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(AsText(HmacSha256(row.key, row.message)), row.digest);
  }
}

TEST(Hmac, DigestsAreThoseOfFips180) {
  EXPECT_EQ(AsText(HexSha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Hmac, IsComparedAsAWhole) {
  const HexDigest digest = HmacSha256("key", "message");
  const std::string text(AsText(digest));
  EXPECT_TRUE(IsSameDigest(digest, text));
  EXPECT_FALSE(IsSameDigest(digest, ""));
  EXPECT_FALSE(IsSameDigest(digest, text.substr(1)));
  EXPECT_FALSE(IsSameDigest(digest, text + "0"));
  for (const std::size_t at : {std::size_t{0}, text.size() - 1}) {
    std::string other = text;
    other[at] = other[at] == '0' ? '1' : '0';
    EXPECT_FALSE(IsSameDigest(digest, other));
  }
}

}  // namespace
}  // namespace danegate
