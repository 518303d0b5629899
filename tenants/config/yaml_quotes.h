// YamlQuotes finds texts in quotation marks that do not end on their line.
//
// No setting needs such a text, and yaml-cpp takes one that never ends: all the
// rest of the file would silently become part of it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tenants/config/config_error.h"

namespace danegate {

class YamlQuotes {
 public:
  // Borrows `text`.
  explicit YamlQuotes(std::string_view text);

  // What is wrong with the scalar that begins at `at`, or nothing. Block texts
  // ('|' and '>') are refused as well.
  std::optional<std::string> MistakeAt(Position at) const;

 private:
  // From the scalar to the end of its line.
  std::string_view RestOfLine(Position at) const;

  std::string_view text_;
  std::vector<std::size_t> line_starts_;
};

}  // namespace danegate
