#include "proxy/xmpp/plain_text.h"

#include "proxy/xmpp/block.h"

namespace danegate {
namespace {

bool IsPlain(const char* octets) {
  const Block block = LoadBlock(octets);
  const auto printable = block - ' ' < 0x7F - ' ';
  const auto markup =
      (block == '<') | (block == '>') | (block == '&') | (block == ']');
  const auto plain = (printable & ~markup) | (block == '\n') | (block == '\t');
  return HoldsEverywhere(plain);
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
