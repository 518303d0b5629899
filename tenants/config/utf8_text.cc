#include "tenants/config/utf8_text.h"

#include <cstdio>

namespace danegate {
namespace {

unsigned char Octet(std::string_view text, std::size_t index) {
  return static_cast<unsigned char>(text[index]);
}

// How many octets the sequence that starts with `lead` has; 0: none does.
std::size_t SequenceLength(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

// RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF.
bool IsSecondOctet(unsigned char lead, unsigned char second) {
  switch (lead) {
    case 0xE0:
      return second >= 0xA0 && second < 0xC0;
    case 0xED:
      return second >= 0x80 && second < 0xA0;
    case 0xF0:
      return second >= 0x90 && second < 0xC0;
    case 0xF4:
      return second >= 0x80 && second < 0x90;
  }
  return second >= 0x80 && second < 0xC0;
}

char32_t CodePoint(std::string_view character) {
  constexpr unsigned char kLeadBits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t point = Octet(character, 0) & kLeadBits[character.size()];
  for (std::size_t i = 1; i < character.size(); ++i) {
    point = (point << 6) | (Octet(character, i) & 0x3FU);
  }
  return point;
}

// What moves the cursor of a terminal, turns the direction of writing or cannot
// be seen: controls, marks of direction, joiners and spaces of no width.
bool IsInvisible(char32_t point) {
  return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0xAD ||
         point == 0x061C || (point >= 0x200B && point <= 0x200F) ||
         (point >= 0x2028 && point <= 0x202E) ||
         (point >= 0x2060 && point <= 0x206F) || point == 0xFEFF;
}

}  // namespace

std::size_t Utf8LengthAt(std::string_view text, std::size_t index) {
  const unsigned char lead = Octet(text, index);
  const std::size_t length = SequenceLength(lead);
  if (length > text.size() - index) return 0;
  if (length > 1 && !IsSecondOctet(lead, Octet(text, index + 1))) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((Octet(text, index + i) & 0xC0) != 0x80) return 0;
  }
  return length;
}

std::string ShowCharacter(std::string_view character) {
  char escape[12];
  if (character.size() == 1 && Octet(character, 0) >= 0x80) {
    std::snprintf(escape, sizeof escape, "\\x%02X", Octet(character, 0));
    return escape;
  }
  const char32_t point = CodePoint(character);
  if (!IsInvisible(point)) return std::string(character);
  std::snprintf(escape, sizeof escape, point < 0x80 ? "\\x%02X" : "\\u{%04X}",
                static_cast<unsigned>(point));
  return escape;
}

}  // namespace danegate
