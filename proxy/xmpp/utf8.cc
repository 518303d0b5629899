#include "proxy/xmpp/utf8.h"

#include "proxy/xmpp/block.h"

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

// How many octets an octet can be behind the first of its character.
constexpr std::size_t kMostBehind = 3;

// Whether no octet of the block is wrong behind those in front of it: as
// IsSecond() and LengthByLead() say, for sixteen at once.
bool IsBlockRight(const char* octets) {
  const Block it = LoadBlock(octets);
  const Block last = LoadBlock(octets - 1);
  const Block second_last = LoadBlock(octets - 2);
  const Block third_last = LoadBlock(octets - 3);
  const auto continues = (it & 0xC0) == 0x80;
  const auto has_to =
      (last >= 0xC0) | (second_last >= 0xE0) | (third_last >= 0xF0);
  const auto wrong_lead = (it == 0xC0) | (it == 0xC1) | (it >= 0xF5);
  const auto wrong_second =
      ((last == 0xE0) & (it < 0xA0)) | ((last == 0xED) & (it > 0x9F)) |
      ((last == 0xF0) & (it < 0x90)) | ((last == 0xF4) & (it > 0x8F));
  const auto noncharacter =
      (second_last == 0xEF) & (last == 0xBF) & (it >= 0xBE);
  return HoldsNowhere((continues ^ has_to) | wrong_lead | wrong_second |
                      noncharacter);
}

// Octets of the character that `text` begins with, 0 if XML has none like it.
std::size_t CharacterLength(std::string_view text) {
  const bool is_noncharacter =
      text.starts_with("\xEF\xBF\xBE") || text.starts_with("\xEF\xBF\xBF");
  return is_noncharacter ? 0 : Utf8Length(text);
}

}  // namespace

bool IsUtf8Text(std::string_view text) {
  std::size_t at = 0;
  // What blocks do not reach: the beginning of a long text, all of a short one.
  const bool is_long = text.size() >= kMostBehind + kBlock;
  const std::size_t head = is_long ? kMostBehind : text.size();
  while (at < head) {
    const std::size_t length = CharacterLength(text.substr(at));
    if (length == 0) return false;
    at += length;
  }
  if (!is_long) return true;
  const std::size_t last_block = text.size() - kBlock;
  for (; at < last_block; at += kBlock) {
    if (!IsBlockRight(text.data() + at)) return false;
  }
  // The last character must end where the text does.
  const auto back = [&](std::size_t i) {
    return static_cast<unsigned char>(text[text.size() - i]);
  };
  return IsBlockRight(text.data() + last_block) && back(1) < 0xC0 &&
         back(2) < 0xE0 && back(3) < 0xF0;
}

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
