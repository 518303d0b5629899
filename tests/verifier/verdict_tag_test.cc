#include "verifier/verdict_tag.h"

#include <gtest/gtest.h>
#include <openssl/siphash.h>

#include <set>
#include <string>
#include <utility>

#include "tests/verifier/verdict_cache_case.h"

namespace danegate {
namespace {

// Tags counts how many different tags it was shown.
class Tags {
 public:
  void Add(const VerdictCacheKey& key, std::uint64_t stamp = 0) {
    const VerdictTag tag = tagger_.TagOf(key, stamp);
    both_.emplace(tag.first, tag.second);
    first_.insert(tag.first);
    second_.insert(tag.second);
    ++added_;
  }
  // Each half alone has 64 bits, enough for tests never to see two alike.
  bool AreAllDifferent() const {
    return both_.size() == added_ && first_.size() == added_ &&
           second_.size() == added_;
  }

 private:
  VerdictTagger tagger_{SecretFrom(1)};
  std::size_t added_ = 0;
  std::set<std::pair<std::uint64_t, std::uint64_t>> both_;
  std::set<std::uint64_t> first_;
  std::set<std::uint64_t> second_;
};

VerdictCacheKey OutboundKey() {
  VerdictCacheKey key = KeyFor("peer.example");
  key.direction = Direction::kOutbound;
  key.target = "xmpp.hosting.example";
  key.port = 5269;
  return key;
}

// C1, D-62
TEST(VerdictTagTest, EveryFieldOfTheKeyMatters_D_62) {
  const VerdictCacheKey key = OutboundKey();
  Tags tags;
  tags.Add(key);
  tags.Add(key, 1);
  const auto add = [&](auto field, auto value) {
    VerdictCacheKey other = key;
    other.*field = value;
    tags.Add(other);
  };
  add(&VerdictCacheKey::policy, 8u);
  add(&VerdictCacheKey::direction, Direction::kInbound);
  add(&VerdictCacheKey::peer, "other.example");
  add(&VerdictCacheKey::target, "other.hosting.example");
  add(&VerdictCacheKey::target, "");
  add(&VerdictCacheKey::port, std::uint16_t{5270});
  add(&VerdictCacheKey::trust_epoch, 4u);
  EXPECT_TRUE(tags.AreAllDifferent());
}

// C1, D-62
TEST(VerdictTagTest, EveryBitOfNumbersAndDigestsMatters_D_62) {
  Tags tags;
  tags.Add(OutboundKey());
  for (unsigned bit = 0; bit < 256; ++bit) {
    const auto octet = static_cast<std::uint8_t>(1u << bit % 8);
    VerdictCacheKey key = OutboundKey();
    key.leaf[bit / 8] ^= octet;
    tags.Add(key);
    key = OutboundKey();
    key.chain[bit / 8] ^= octet;
    tags.Add(key);
    if (bit >= 64) continue;
    key = OutboundKey();
    key.policy ^= std::uint64_t{1} << bit;
    tags.Add(key);
    key = OutboundKey();
    key.trust_epoch ^= std::uint64_t{1} << bit;
    tags.Add(key);
    tags.Add(OutboundKey(), std::uint64_t{1} << bit);
    if (bit >= 16) continue;
    key = OutboundKey();
    key.port = static_cast<std::uint16_t>(key.port ^ 1u << bit);
    tags.Add(key);
  }
  EXPECT_TRUE(tags.AreAllDifferent());
}

// C1
TEST(VerdictTagTest, EveryOctetOfTextsOfEveryLengthMatters_C1) {
  Tags tags;
  VerdictCacheKey key = OutboundKey();
  for (std::size_t length = 0; length <= VerdictTagger::kMaxText; ++length) {
    std::string text(length, 'a');
    key.target = text;
    tags.Add(key);
    for (char& octet : text) {
      octet = 'b';
      tags.Add(key);
      octet = 'a';
    }
  }
  EXPECT_TRUE(tags.AreAllDifferent());
}

// C1
TEST(VerdictTagTest, NoTwoKeysConcatenateAlike_C1) {
  const std::string text = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
  Tags tags;
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    VerdictCacheKey key = OutboundKey();
    key.peer = std::string_view(text).substr(0, cut);
    key.target = std::string_view(text).substr(cut);
    tags.Add(key);
  }
  EXPECT_TRUE(tags.AreAllDifferent());
}

TEST(VerdictTagTest, OtherSecretMakesOtherTags) {
  const VerdictTagger one(SecretFrom(1));
  const VerdictTagger other(SecretFrom(2));
  EXPECT_EQ(one.TagOf(OutboundKey(), 0), one.TagOf(OutboundKey(), 0));
  EXPECT_NE(one.TagOf(OutboundKey(), 0).first,
            other.TagOf(OutboundKey(), 0).first);
  EXPECT_NE(one.TagOf(OutboundKey(), 0).second,
            other.TagOf(OutboundKey(), 0).second);
}

// With a secret of zeros for NH, and a key of zeros but for two words that are
// multiplied, both sums are the product of those.
TEST(VerdictTagTest, HalvesAreTheSipHashOfBoringSsl) {
  VerdictSecret secret = SecretFrom(3);
  std::array<std::uint64_t, 4> keys;
  std::memcpy(keys.data(), secret.data(), sizeof(keys));
  std::fill(secret.begin() + sizeof(keys), secret.end(), std::uint8_t{0});
  const VerdictTagger tagger(secret);
  std::mt19937_64 random(4);
  for (int i = 0; i < 1000; ++i) {
    const VerdictCacheKey key{.policy = random(), .trust_epoch = random()};
    __extension__ const auto sum =
        static_cast<unsigned __int128>(key.policy) * key.trust_epoch;
    const auto* octets = reinterpret_cast<const std::uint8_t*>(&sum);
    const VerdictTag expected{SIPHASH_24(&keys[0], octets, sizeof(sum)),
                              SIPHASH_24(&keys[2], octets, sizeof(sum))};
    ASSERT_EQ(tagger.TagOf(key, 0), expected);
  }
}

}  // namespace
}  // namespace danegate
