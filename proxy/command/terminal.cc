#include "proxy/command/terminal.h"

#include <unistd.h>

#include <cstdlib>

namespace danegate {

Ink Ink::For(std::FILE* stream) {
  const char* const no_colour = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  const bool unwanted = no_colour != nullptr && *no_colour != '\0';
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  return Ink(!unwanted && !dumb && ::isatty(::fileno(stream)) == 1);
}

std::string Ink::Paint(const char* colour, std::string_view text) const {
  if (!colours_) return std::string(text);
  return "\x1b[" + std::string(colour) + "m" + std::string(text) + "\x1b[0m";
}

}  // namespace danegate
