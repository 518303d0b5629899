#include "verifier/posh/base64.h"

#include <algorithm>
#include <cstddef>

namespace danegate {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Text without its padding; nothing if that is there in part.
std::optional<std::string_view> TakePadding(std::string_view text) {
  const std::size_t end = text.find_last_not_of('=') + 1;
  const std::string_view digits = text.substr(0, end);
  const std::size_t padding = text.size() - end;
  if (padding > 2 || (padding > 0 && text.size() % 4 != 0)) return std::nullopt;
  return digits;
}

}  // namespace

std::optional<std::vector<std::uint8_t>> DecodeBase64(std::string_view text) {
  const auto digits = TakePadding(text);
  if (!digits || digits->size() % 4 == 1) return std::nullopt;
  std::vector<std::uint8_t> octets;
  unsigned bits = 0;  // not yet written, `count` of them
  unsigned count = 0;
  for (const char c : *digits) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<unsigned>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    octets.push_back(static_cast<std::uint8_t>(bits >> count));
    bits &= (1u << count) - 1;
  }
  if (bits != 0) return std::nullopt;
  return octets;
}

std::string EncodeBase64(std::span<const std::uint8_t> octets) {
  std::string text;
  for (; !octets.empty();
       octets = octets.subspan(std::min<std::size_t>(octets.size(), 3))) {
    const auto at = [&](std::size_t i) {
      return i < octets.size() ? unsigned{octets[i]} : 0u;
    };
    const unsigned bits = at(0) << 16 | at(1) << 8 | at(2);
    for (unsigned i = 0; i < 4; ++i) {
      text += i <= octets.size() ? kAlphabet[bits >> (18 - 6 * i) & 63] : '=';
    }
  }
  return text;
}

}  // namespace danegate
