#include "proxy/command/text_table.h"

#include <algorithm>

namespace danegate {
namespace {

// Octets of the UTF-8 character at the beginning, or 0 if there is none that
// may be shown.
std::size_t ShownOctets(std::string_view text) {
  const auto octet = [&text](std::size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  if (octet(0) < 0x20 || octet(0) == 0x7f) return 0;
  if (octet(0) < 0x80) return 1;
  const std::size_t size = octet(0) >= 0xf0   ? 4
                           : octet(0) >= 0xe0 ? 3
                           : octet(0) >= 0xc2 ? 2
                                              : 0;
  if (size == 0 || octet(0) > 0xf4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((octet(i) & 0xc0) != 0x80) return 0;
  }
  // C1 controls, and the marks that turn the direction of writing around.
  if (octet(0) == 0xc2 && octet(1) < 0xa0) return 0;
  if (octet(0) == 0xe2 && octet(1) == 0x80 && octet(2) >= 0xa8 &&
      octet(2) <= 0xae) {
    return 0;
  }
  if (octet(0) == 0xe2 && octet(1) == 0x81 && octet(2) >= 0xa6 &&
      octet(2) <= 0xa9) {
    return 0;
  }
  return size;
}

// Every character here takes one.
std::size_t Columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char octet) {
        return (static_cast<unsigned char>(octet) & 0xC0) != 0x80;
      }));
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const std::size_t size = ShownOctets(text);
    shown += size == 0 ? "?" : text.substr(0, size);
    text.remove_prefix(std::max<std::size_t>(size, 1));
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
      widths[i] = std::max(widths[i], Columns(Printable(row[i].text)));
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
          is_last ? 0 : widths[i] - std::min(widths[i], Columns(words)), ' ');
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
