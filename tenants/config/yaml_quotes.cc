#include "tenants/config/yaml_quotes.h"

namespace danegate {
namespace {

// Whether `line`, which begins with a quotation mark, has the one that ends the
// text: not behind a backslash in "…", not doubled in '…'.
bool Ends(std::string_view line) {
  const char mark = line[0];
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (mark == '"' && line[i] == '\\') {
      ++i;
    } else if (line[i] == mark) {
      const bool doubled =
          mark == '\'' && i + 1 < line.size() && line[i + 1] == mark;
      if (!doubled) return true;
      ++i;
    }
  }
  return false;
}

}  // namespace

YamlQuotes::YamlQuotes(std::string_view text) : text_(text), line_starts_{0} {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') line_starts_.push_back(i + 1);
  }
}

std::string_view YamlQuotes::RestOfLine(Position at) const {
  if (at.line == 0 || at.line > line_starts_.size()) return {};
  std::string_view line = text_.substr(line_starts_[at.line - 1]);
  line = line.substr(0, line.find('\n'));
  if (at.column > line.size()) return {};
  return line.substr(at.column - 1);
}

std::optional<std::string> YamlQuotes::MistakeAt(Position at) const {
  const std::string_view rest = RestOfLine(at);
  if (rest.starts_with('|') || rest.starts_with('>')) {
    return "expected a text on one line; found a block text; write it in "
           "quotation marks";
  }
  const bool quoted = rest.starts_with('"') || rest.starts_with('\'');
  if (!quoted || Ends(rest)) return std::nullopt;
  return "expected the closing quotation mark on the same line; found the end "
         "of the line; close it, or write the text on one line";
}

}  // namespace danegate
