// Ink colours words for people: only where the output is a terminal that can
// show colours and NO_COLOR is not set (https://no-color.org).
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace danegate {

class Ink {
 public:
  // For what is written to `stream`.
  static Ink For(std::FILE* stream);

  std::string Good(std::string_view text) const { return Paint("32", text); }
  std::string Bad(std::string_view text) const { return Paint("31", text); }
  std::string Warning(std::string_view text) const { return Paint("33", text); }
  std::string Strong(std::string_view text) const { return Paint("1", text); }

 private:
  explicit Ink(bool colours) : colours_(colours) {}
  std::string Paint(const char* colour, std::string_view text) const;

  bool colours_;
};

}  // namespace danegate
