#include "tenants/config/source_line.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "tenants/config/utf8_text.h"

namespace danegate {
namespace {

constexpr std::size_t kTabStop = 8;
constexpr std::string_view kCut = "…";

bool IsContinuation(char octet) {
  return (static_cast<unsigned char>(octet) & 0xC0) == 0x80;
}

std::string_view LineOf(std::string_view text, std::size_t line) {
  for (; line > 1; --line) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  return text.ends_with('\r') ? text.substr(0, text.size() - 1) : text;
}

// The octets of the text in quotation marks that `rest` begins with; all of it
// where the mark that ends it is missing.
std::size_t QuotedExtent(std::string_view rest) {
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[0] == '"' && rest[i] == '\\') {
      ++i;
    } else if (rest[i] == rest[0]) {
      return i + 1;
    }
  }
  return rest.size();
}

bool IsQuote(char octet) { return octet == '"' || octet == '\''; }
bool Opens(char octet) { return octet == '[' || octet == '{'; }
bool Closes(char octet) { return octet == ']' || octet == '}'; }

// Up to the bracket that closes the one that `rest` begins with.
std::size_t BracketExtent(std::string_view rest) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (IsQuote(rest[i])) i += QuotedExtent(rest.substr(i)) - 1;
    if (Opens(rest[i])) ++depth;
    if (Closes(rest[i]) && --depth == 0) return i + 1;
  }
  return rest.size();
}

bool IsInBrackets(std::string_view before) {
  const auto opened = std::count_if(before.begin(), before.end(), Opens);
  return opened > std::count_if(before.begin(), before.end(), Closes);
}

// Without what may stand behind a text on its line: a comment, a comma.
std::size_t PlainExtent(std::string_view rest, bool in_brackets) {
  std::size_t end = 0;
  for (; end < rest.size(); ++end) {
    const char next = end + 1 < rest.size() ? rest[end + 1] : ' ';
    if (rest[end] == ':' && next == ' ') break;
    if (rest[end] == ' ' && next == '#') break;
    if (Closes(rest[end]) || (in_brackets && rest[end] == ',')) break;
  }
  while (end > 0 && (rest[end - 1] == ' ' || rest[end - 1] == ',')) --end;
  return end;
}

std::size_t ExtentAt(std::string_view line, std::size_t at) {
  const std::string_view rest = line.substr(at);
  if (rest.empty() || rest[0] == ' ' || rest[0] == '\t') return 0;
  if (rest.starts_with("- ")) return 0;  // a list that goes over lines
  if (IsQuote(rest[0])) return QuotedExtent(rest);
  if (Opens(rest[0])) return BracketExtent(rest);
  return PlainExtent(rest, IsInBrackets(line.substr(0, at)));
}

// What is shown of a line, one part for each character.
struct Part {
  std::string shown;
  std::size_t columns;
  std::size_t from;  // where it begins, octets of the line
};

// A part for each character, and an empty one for the place behind the last.
std::vector<Part> ToParts(std::string_view line) {
  std::vector<Part> parts;
  std::size_t column = 0;
  for (std::size_t i = 0; i < line.size();) {
    const std::size_t length = std::max<std::size_t>(Utf8LengthAt(line, i), 1);
    const std::string_view character = line.substr(i, length);
    Part part{ShowCharacter(character), 1, i};
    if (character == "\t") {
      part.shown.assign(kTabStop - column % kTabStop, ' ');
    }
    if (part.shown != character) part.columns = part.shown.size();
    column += part.columns;
    i += length;
    parts.push_back(std::move(part));
  }
  parts.push_back({"", 1, line.size()});
  return parts;
}

std::size_t Columns(const std::vector<Part>& parts) {
  std::size_t columns = 0;
  for (const Part& part : parts) columns += part.columns;
  return columns;
}

// The parts that are shown: [first, second).
std::pair<std::size_t, std::size_t> Window(const std::vector<Part>& parts,
                                           std::size_t caret) {
  constexpr std::size_t kRoom = SourceExcerpt::kColumns - 2;  // but for kCut
  if (Columns(parts) <= kRoom) return {0, parts.size()};
  std::size_t first = caret;
  std::size_t columns = parts[caret].columns;
  while (first > 0 && columns + parts[first - 1].columns <= kRoom / 2) {
    columns += parts[--first].columns;
  }
  std::size_t end = caret + 1;
  while (end < parts.size() && columns + parts[end].columns <= kRoom) {
    columns += parts[end++].columns;
  }
  return {first, end};
}

}  // namespace

SourceLine FindSourceLine(std::string_view text, std::size_t line,
                          std::size_t column) {
  if (line == 0 || column == 0) return {};
  std::string_view whole = LineOf(text, line);
  if (whole.find_first_not_of(" \t") == std::string_view::npos) return {};
  std::size_t at = std::min(column - 1, whole.size());
  std::size_t begin = at - std::min(at, SourceLine::kMost / 2);
  while (begin < at && IsContinuation(whole[begin])) ++begin;
  std::size_t end = std::min(whole.size(), begin + SourceLine::kMost);
  while (end > at && end < whole.size() && IsContinuation(whole[end])) --end;
  const std::size_t extent = std::min(ExtentAt(whole, at), end - at);
  return {std::string(whole.substr(begin, end - begin)), at - begin, extent};
}

SourceExcerpt ToExcerpt(const SourceLine& source) {
  const std::vector<Part> parts = ToParts(source.text);
  const auto at = std::find_if(
      parts.begin(), parts.end() - 1,
      [&source](const Part& part) { return part.from >= source.at; });
  const auto caret = static_cast<std::size_t>(at - parts.begin());
  const auto [first, end] = Window(parts, caret);
  SourceExcerpt excerpt;
  if (first > 0) {
    excerpt.line = kCut;
    excerpt.marks = " ";
  }
  for (std::size_t i = first; i < end; ++i) {
    excerpt.line += parts[i].shown;
    if (i < caret) excerpt.marks.append(parts[i].columns, ' ');
    if (i == caret) excerpt.marks += '^';
    const bool is_meant = parts[i].from < source.at + source.extent;
    const std::size_t under = parts[i].columns - (i == caret ? 1 : 0);
    if (i >= caret && is_meant) excerpt.marks.append(under, '~');
  }
  if (end < parts.size()) excerpt.line += kCut;
  return excerpt;
}

}  // namespace danegate
