#include "tenants/config/config_error.h"

#include <cstdio>

namespace danegate {
namespace {

constexpr std::size_t kShownOctets = 60;

// Never ends within a UTF-8 sequence.
std::string_view Shorten(std::string_view text) {
  if (text.size() <= kShownOctets) return text;
  std::size_t end = kShownOctets;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    --end;
  }
  return text.substr(0, end);
}

}  // namespace

std::string ToPlace(const std::string& file, Position at) {
  if (at.line == 0) return file;
  return file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

std::string ConfigError::ToString() const {
  return ToPlace(file, {line, column}) + (warning ? ": warning: " : ": ") +
         message;
}

void FileLog::Error(Position at, std::string message) {
  ok_ = false;
  Add(at, std::move(message), false);
}

void FileLog::Warn(Position at, std::string message) {
  Add(at, std::move(message), true);
}

void FileLog::Add(Position at, std::string message, bool warning) {
  if (errors_.size() > kMaxErrors) return;
  if (errors_.size() == kMaxErrors) {
    message = "more than " + std::to_string(kMaxErrors) +
              " mistakes; the rest is not shown";
    warning = ok_;
  }
  errors_.push_back({file_, at.line, at.column, std::move(message), warning});
}

std::string InQuotes(std::string_view text) {
  std::string quoted = "\"";
  for (const char character : Shorten(text)) {
    const auto octet = static_cast<unsigned char>(character);
    if (octet < 0x20 || octet == 0x7F) {
      char escape[5];
      std::snprintf(escape, sizeof escape, "\\x%02X", octet);
      quoted += escape;
    } else {
      quoted += character;
    }
  }
  return quoted + (text.size() > kShownOctets ? "…\"" : "\"");
}

}  // namespace danegate
