// Block is sixteen octets that are looked at together: a vector register on
// every machine that has them. Comparisons of blocks give a block in which an
// octet is all ones where the comparison holds, and zero elsewhere.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace danegate {

using Block [[gnu::vector_size(16)]] = unsigned char;
inline constexpr std::size_t kBlock = sizeof(Block);

inline Block LoadBlock(const char* octets) {
  Block block;
  std::memcpy(&block, octets, kBlock);
  return block;
}

// The octets of a comparison, eight and eight.
struct BlockHalves {
  std::uint64_t first, second;
};

template <typename Comparison>
bool HoldsEverywhere(Comparison comparison) {
  const auto halves = std::bit_cast<BlockHalves>(comparison);
  return (halves.first & halves.second) == ~std::uint64_t{0};
}

template <typename Comparison>
bool HoldsNowhere(Comparison comparison) {
  const auto halves = std::bit_cast<BlockHalves>(comparison);
  return (halves.first | halves.second) == 0;
}

// How many octets come before the first for which a comparison holds; kBlock if
// it holds nowhere.
template <typename Comparison>
std::size_t FirstThatHolds(Comparison comparison) {
  const auto in_half = [](std::uint64_t octets) {
    const int bits = std::endian::native == std::endian::little
                         ? std::countr_zero(octets)
                         : std::countl_zero(octets);
    return static_cast<std::size_t>(bits) / 8;
  };
  const auto halves = std::bit_cast<BlockHalves>(comparison);
  return halves.first != 0 ? in_half(halves.first)
                           : kBlock / 2 + in_half(halves.second);
}

}  // namespace danegate
