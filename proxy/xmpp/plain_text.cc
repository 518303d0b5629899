#include "proxy/xmpp/plain_text.h"

#include <bit>
#include <cstdint>
#include <cstring>

namespace danegate {
namespace {

// A vector register of octets on every machine that has them.
using Block [[gnu::vector_size(16)]] = unsigned char;
constexpr std::size_t kBlock = sizeof(Block);

bool IsPlain(const char* octets) {
  Block block;
  std::memcpy(&block, octets, kBlock);
  const auto printable = block - ' ' < 0x7F - ' ';
  const auto markup =
      (block == '<') | (block == '>') | (block == '&') | (block == ']');
  const auto plain = (printable & ~markup) | (block == '\n') | (block == '\t');
  struct Halves {
    std::uint64_t first, second;
  };
  const auto halves = std::bit_cast<Halves>(plain);
  return (halves.first & halves.second) == ~std::uint64_t{0};
}

}  // namespace

std::size_t PlainPrefix(std::string_view text) {
  std::size_t length = 0;
  while (text.size() - length >= kBlock && IsPlain(text.data() + length)) {
    length += kBlock;
  }
  return length;
}

std::size_t FindPlainRun(std::string_view text) {
  std::size_t begin = 0;
  for (std::size_t at = 0; text.size() - at >= kBlock; at += kBlock) {
    if (!IsPlain(text.data() + at)) {
      begin = at + kBlock;
    } else if (at + kBlock - begin >= kPlainRun) {
      return begin;
    }
  }
  return text.size();
}

}  // namespace danegate
