#include "proxy/command/text_table.h"

#include <algorithm>

namespace danegate {
namespace {

// Octets of the UTF-8 character at the beginning; 0 if there is none.
std::size_t CharacterSize(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t size = first < 0x80    ? 1
                           : first < 0xc2  ? 0
                           : first < 0xe0  ? 2
                           : first < 0xf0  ? 3
                           : first <= 0xf4 ? 4
                                           : 0;
  if (text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
  }
  return size;
}

// Control characters, C1 included, and marks that turn the direction of writing
// around or end a line: U+2028 to U+202E, U+2066 to U+2069.
bool IsControl(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7f;
  const auto last = static_cast<unsigned char>(character.back());
  if (character.size() == 2) return first == 0xc2 && last < 0xa0;
  return (character.starts_with("\xe2\x80") && last >= 0xa8 && last <= 0xae) ||
         (character.starts_with("\xe2\x81") && last >= 0xa6 && last <= 0xa9);
}

}  // namespace

std::string Counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::size_t ColumnsOf(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char octet) {
        return (static_cast<unsigned char>(octet) & 0xC0) != 0x80;
      }));
}

std::string Printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const std::size_t size = CharacterSize(text);
    const auto character = text.substr(0, std::max<std::size_t>(size, 1));
    shown += size == 0 || IsControl(character) ? "?" : character;
    text.remove_prefix(character.size());
  }
  return shown;
}

std::string Paint(const Ink& ink, Tone tone, const std::string& text) {
  switch (tone) {
    case Tone::kPlain:
      return text;
    case Tone::kGood:
      return ink.Good(text);
    case Tone::kBad:
      return ink.Bad(text);
    case Tone::kWarning:
      return ink.Warning(text);
    case Tone::kStrong:
      return ink.Strong(text);
  }
  return text;
}

// The last cell of a row is as long as it likes.
std::vector<std::size_t> TextTable::Widths() const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      if (widths.size() <= i) widths.push_back(0);
      widths[i] = std::max(widths[i], ColumnsOf(Printable(row[i].text)));
    }
  }
  return widths;
}

std::string TextTable::ToText(const Ink& ink) const {
  const auto widths = Widths();
  std::string text;
  for (const auto& row : rows_) {
    std::string line(indent_, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string words = Printable(row[i].text);
      const bool is_last = i + 1 == row.size();
      const std::string gap(
          is_last ? 0 : widths[i] - std::min(widths[i], ColumnsOf(words)), ' ');
      const std::string painted = Paint(ink, row[i].tone, words);
      line += i == right_ ? gap + painted : painted + gap;
      if (!is_last) line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace danegate
