// The line of a file that a mistake is on, and how people are shown it: with a
// caret under the place, as compilers do.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace danegate {

// SourceLine is a line as it stands in the file, without its end. Of a line of
// more than kMost octets, the part around the place.
struct SourceLine {
  static constexpr std::size_t kMost = 1024;

  std::string text;
  std::size_t at = 0;      // octets of `text` before the place
  std::size_t extent = 0;  // octets of what the mistake is about; 0: a place

  friend bool operator==(const SourceLine&, const SourceLine&) = default;
};

// The line of `text` with the place; both from 1, `column` in octets. The
// extent is that of the YAML scalar, or of the list or map in brackets, that
// begins there, as far as it stands on the line. A line that is not there, or
// has nothing on it, is empty.
SourceLine FindSourceLine(std::string_view text, std::size_t line,
                          std::size_t column);

// SourceExcerpt is a line to be shown and what stands under it. What cannot be
// seen is escaped, a tab is as many spaces as it looks like, and of a long line
// no more than kColumns columns are left.
struct SourceExcerpt {
  static constexpr std::size_t kColumns = 120;

  std::string line;
  std::string marks;  // "          ^~~~~~~~"
};

SourceExcerpt ToExcerpt(const SourceLine&);

}  // namespace danegate
