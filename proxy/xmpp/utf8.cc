#include "proxy/xmpp/utf8.h"

#include <cstdint>

namespace danegate {
namespace {

bool IsContinuation(unsigned char octet) { return (octet & 0xC0) == 0x80; }

// What the second octet may be, beyond a continuation (RFC 3629 section 4).
bool IsSecond(unsigned char lead, unsigned char second) {
  switch (lead) {
    case 0xE0:
      return second >= 0xA0;  // overlong
    case 0xED:
      return second <= 0x9F;  // surrogates
    case 0xF0:
      return second >= 0x90;  // overlong
    case 0xF4:
      return second <= 0x8F;  // beyond U+10FFFF
    default:
      return true;
  }
}

std::size_t LengthByLead(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

}  // namespace

std::size_t Utf8Length(std::string_view text) {
  if (text.empty()) return 0;
  const auto at = [&](std::size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  const std::size_t length = LengthByLead(at(0));
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!IsContinuation(at(i))) return 0;
  }
  return length > 1 && !IsSecond(at(0), at(1)) ? 0 : length;
}

std::string_view Utf8Truncate(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && IsContinuation(static_cast<unsigned char>(text[limit]))) {
    --limit;
  }
  return text.substr(0, limit);
}

}  // namespace danegate
