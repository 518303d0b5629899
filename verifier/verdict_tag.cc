#include "verifier/verdict_tag.h"

#include <bit>
#include <cstring>
#include <utility>

#include "verifier/check.h"

namespace danegate {

namespace {

// The words never leave the process, so that the order of octets is the
// machine's.
template <typename Word>
std::uint64_t Load(const void* octets) {
  Word word;
  std::memcpy(&word, octets, sizeof(word));
  return word;
}

// The end of a text, whatever is left behind its whole pairs: its last octets,
// which overlap those before. With the length known that is as good as padding,
// and needs no copy. REQUIRES: !text.empty().
std::pair<std::uint64_t, std::uint64_t> LastPair(std::string_view text) {
  const char* begin = text.data();
  const char* end = begin + text.size();
  if (text.size() >= 16) {
    return {Load<std::uint64_t>(end - 16), Load<std::uint64_t>(end - 8)};
  }
  if (text.size() >= 8) {
    return {Load<std::uint64_t>(begin), Load<std::uint64_t>(end - 8)};
  }
  if (text.size() >= 4) {
    return {Load<std::uint32_t>(begin), Load<std::uint32_t>(end - 4)};
  }
  return {Load<std::uint8_t>(begin) |
              Load<std::uint8_t>(begin + text.size() / 2) << 8 |
              Load<std::uint8_t>(end - 1) << 16,
          0};
}

// Sip is the state of SipHash-2-4 (J.-P. Aumasson, D. J. Bernstein).
class Sip {
 public:
  explicit Sip(const std::array<std::uint64_t, 2>& key)
      : v0_(key[0] ^ 0x736F6D6570736575),
        v1_(key[1] ^ 0x646F72616E646F6D),
        v2_(key[0] ^ 0x6C7967656E657261),
        v3_(key[1] ^ 0x7465646279746573) {}

  void Begin(std::uint64_t word) { v3_ ^= word; }
  void End(std::uint64_t word) { v0_ ^= word; }
  void BeginLast() { v2_ ^= 0xFF; }
  void Round() {
    v0_ += v1_;
    v2_ += v3_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ = std::rotl(v0_, 32) + v3_;
    v2_ += v1_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ = std::rotl(v2_, 32);
  }
  std::uint64_t hash() const { return v0_ ^ v1_ ^ v2_ ^ v3_; }

 private:
  std::uint64_t v0_;
  std::uint64_t v1_;
  std::uint64_t v2_;
  std::uint64_t v3_;
};

}  // namespace

VerdictTagger::VerdictTagger(
    std::span<const std::uint8_t, kSecretOctets> secret) {
  static_assert(sizeof(first_key_) + sizeof(second_key_) + sizeof(nh_) ==
                kSecretOctets);
  const std::uint8_t* from = secret.data();
  std::memcpy(first_key_.data(), from, sizeof(first_key_));
  from += sizeof(first_key_);
  std::memcpy(second_key_.data(), from, sizeof(second_key_));
  from += sizeof(second_key_);
  std::memcpy(nh_.data(), from, sizeof(nh_));
}

inline void VerdictTagger::AddPair(std::uint64_t a, std::uint64_t b,
                                   std::size_t at, Sums& sums) const {
  sums.first += static_cast<Wide>(a + nh_[at]) * (b + nh_[at + 1]);
  sums.second += static_cast<Wide>(a + nh_[at + 2]) * (b + nh_[at + 3]);
}

inline std::size_t VerdictTagger::AddText(std::string_view text, std::size_t at,
                                          Sums& sums) const {
  DANEGATE_CHECK(text.size() <= kMaxText);
  std::size_t done = 0;
  for (; text.size() - done >= 16; done += 16, at += 2) {
    const char* pair = text.data() + done;
    AddPair(Load<std::uint64_t>(pair), Load<std::uint64_t>(pair + 8), at, sums);
  }
  if (done == text.size()) return at;
  const auto [a, b] = LastPair(text);
  AddPair(a, b, at, sums);
  return at + 2;
}

inline void VerdictTagger::AddHead(const VerdictCacheKey& key,
                                   std::uint64_t stamp, Sums& sums) const {
  const std::uint64_t shape = static_cast<std::uint64_t>(key.direction) |
                              std::uint64_t{key.peer.size()} << 8 |
                              std::uint64_t{key.target.size()} << 16 |
                              std::uint64_t{key.port} << 24;
  AddPair(shape, stamp, 0, sums);
  AddPair(key.policy, key.trust_epoch, 2, sums);
  for (std::size_t word = 0; word < 4; word += 2) {
    AddPair(Load<std::uint64_t>(&key.leaf[8 * word]),
            Load<std::uint64_t>(&key.leaf[8 * word + 8]), 4 + word, sums);
    AddPair(Load<std::uint64_t>(&key.chain[8 * word]),
            Load<std::uint64_t>(&key.chain[8 * word + 8]), 8 + word, sums);
  }
}

// SipHash of each sum under its own key, round by round in turn: neither waits
// for the other, so both take hardly longer than one.
inline VerdictTag VerdictTagger::HashBoth(const Sums& sums) const {
  Sip first(first_key_);
  Sip second(second_key_);
  const auto round = [&] {
    first.Round();
    second.Round();
  };
  const auto add = [&](std::uint64_t of_first, std::uint64_t of_second) {
    first.Begin(of_first);
    second.Begin(of_second);
    for (int i = 0; i < 2; ++i) round();
    first.End(of_first);
    second.End(of_second);
  };
  constexpr std::uint64_t kLength = sizeof(Wide);
  add(static_cast<std::uint64_t>(sums.first),
      static_cast<std::uint64_t>(sums.second));
  add(static_cast<std::uint64_t>(sums.first >> 64),
      static_cast<std::uint64_t>(sums.second >> 64));
  add(kLength << 56, kLength << 56);
  first.BeginLast();
  second.BeginLast();
  for (int i = 0; i < 4; ++i) round();
  return {first.hash(), second.hash()};
}

VerdictTag VerdictTagger::TagOf(const VerdictCacheKey& key,
                                std::uint64_t stamp) const {
  Sums sums;
  const std::size_t end = AddText(key.peer, kHeadWords, sums);
  AddText(key.target, end, sums);
  AddHead(key, stamp, sums);
  return HashBoth(sums);
}

std::uint16_t VerdictTagger::PlaceOf(std::string_view peer) const {
  Sums sums;
  AddText(peer, kHeadWords, sums);
  return static_cast<std::uint16_t>((sums.first >> 112) ^ (sums.first >> 48));
}

}  // namespace danegate
