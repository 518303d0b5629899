// TextTable writes rows in aligned columns for people. What a stranger decides
// is shown without control characters, so that it cannot draw on the terminal
// (E6). Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/command/terminal.h"

namespace danegate {

enum class Tone { kPlain, kGood, kBad, kWarning, kStrong };

struct Cell {
  Cell(std::string words, Tone tone_ = Tone::kPlain)  // NOLINT
      : text(std::move(words)), tone(tone_) {}
  Cell(const char* words) : text(words) {}  // NOLINT

  std::string text;
  Tone tone = Tone::kPlain;
};

class TextTable {
 public:
  // Columns are as wide as their widest cell; the last cell of a row does not
  // count. `indent`: spaces before each row.
  explicit TextTable(std::size_t indent = 2) : indent_(indent) {}

  void Add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  // This column holds numbers.
  void AlignRight(std::size_t column) { right_ = column; }
  bool empty() const { return rows_.empty(); }

  std::string ToText(const Ink&) const;

 private:
  std::vector<std::size_t> Widths() const;

  std::size_t indent_;
  std::size_t right_ = static_cast<std::size_t>(-1);
  std::vector<std::vector<Cell>> rows_;
};

// `text` with "?" for control characters and for what is no UTF-8.
std::string Printable(std::string_view text);

// "1 error", "2 errors".
std::string Counted(std::size_t count, const std::string& noun);

// Columns that UTF-8 text takes on a terminal; every character takes one.
std::size_t ColumnsOf(std::string_view text);

std::string Paint(const Ink&, Tone, const std::string& text);

}  // namespace danegate
