// VerdictTag is the name under which a verdict is kept in memory: 128 bits that
// stand for all that the verdict depends on (D-62). VerdictTagger computes it.
//
// A false match would hand one peer the verdict of another (C1), and peers
// choose most of the key; so the tag is keyed with a secret of the process, and
// its two halves are computed with independent parts of it. Each half is
//
//   SipHash-2-4(secret_i, NH(secret_i', key))
//
// NH (RFC 4418; M. N. Wegman and J. L. Carter, J. Black et al.: UMAC)
// multiplies pairs of words of the key, each plus a secret word, and adds up
// the products modulo 2^128.
//
// Invariants
//   1. The words are an injective picture of the key. Their head has a fixed
//      length and holds both lengths; the texts follow, each in whole pairs. So
//      no two keys concatenate alike, and the first pair in which two keys
//      differ stands at the same place in both.
//   2. Two different keys have the same NH with probability at most 2^-64: once
//      every other secret word is fixed, at most one value in 2^64 of the words
//      at that first pair makes the sums equal.
//   3. The same holds for both halves at once, with 2^-128: the second half
//      uses the same secret words, moved on by one pair (the Toeplitz
//      construction of UMAC, theorem 4.3). Pairs before the first difference
//      cancel out, so the second sum depends only on words behind those that
//      decide the first.
//   4. SipHash adds at most 2^-64 a half, so two keys share a tag with
//      probability 2^-126 at most. After 2^40 look-ups among 2^24 kept
//      verdicts, that is 2^-62.
//   5. Tags never leave the process. What a peer can see of them is hit or
//      miss, and that SipHash is a pseudo-random function leaves nothing to
//      learn from which keys push each other out.
//
// Cost: two multiplications for 16 octets of the key, and SipHash over 16
// octets for each half; a third of what SipHash twice over the whole key costs.
// Both are computed in turns, which BoringSSL's function of the same values
// cannot (18 instead of 28 ns). Nothing is allocated.
//
// Thread: any; immutable.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "verifier/certificate.h"

namespace danegate {

enum class Direction : std::uint8_t {
  kInbound,   // the peer opened the stream
  kOutbound,  // we opened it, to the peer's target
};

// VerdictCacheKey is all that a verdict depends on, besides the time. It
// borrows its texts.
struct VerdictCacheKey {
  std::uint64_t policy = 0;  // digest of what the tenant allows and pins
  Direction direction = Direction::kInbound;
  std::string_view peer;          // Domain::ascii()
  std::string_view target;        // outbound: Domain::ascii(); else empty
  std::uint16_t port = 0;         // outbound; else 0
  Sha256 leaf{};                  // CertificateChain::LeafDigest()
  Sha256 chain{};                 // CertificateChain::ChainDigest()
  std::uint64_t trust_epoch = 0;  // changes with the trust store
};

struct VerdictTag {
  std::uint64_t first = 0;
  std::uint64_t second = 0;

  friend bool operator==(const VerdictTag&, const VerdictTag&) = default;
};

class VerdictTagger {
 public:
  // The longest text that a key may have; a Domain has at most 253.
  static constexpr std::size_t kMaxText = 255;
  static constexpr std::size_t kSecretOctets = 656;

  // The secret is random and nobody else's.
  explicit VerdictTagger(std::span<const std::uint8_t, kSecretOctets> secret);

  // TagOf computes the tag of the key under a stamp: whatever else its owner
  // wants to tell apart. REQUIRES: texts of at most kMaxText octets.
  VerdictTag TagOf(const VerdictCacheKey& key, std::uint64_t stamp) const;

  // PlaceOf is a number for everything about one peer, to find the peer's stamp
  // by. Two peers may share one.
  std::uint16_t PlaceOf(std::string_view peer) const;

 private:
  __extension__ using Wide = unsigned __int128;
  // The NH of each half, modulo 2^128.
  struct Sums {
    Wide first = 0;
    Wide second = 0;
  };
  static constexpr std::size_t kHeadWords = 12;
  static constexpr std::size_t kTextWords = (kMaxText + 15) / 16 * 2;
  // One pair more, for the second half.
  static constexpr std::size_t kNhWords = kHeadWords + 2 * kTextWords + 2;

  void AddPair(std::uint64_t a, std::uint64_t b, std::size_t at, Sums&) const;
  // Returns where the next text begins.
  std::size_t AddText(std::string_view, std::size_t at, Sums&) const;
  void AddHead(const VerdictCacheKey&, std::uint64_t stamp, Sums&) const;
  VerdictTag HashBoth(const Sums&) const;

  std::array<std::uint64_t, 2> first_key_;
  std::array<std::uint64_t, 2> second_key_;
  std::array<std::uint64_t, kNhWords> nh_;
};

}  // namespace danegate
