#include "tenants/config/config_error.h"

#include <algorithm>

#include "tenants/config/utf8_text.h"

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

void FileLog::Error(Position at, std::string message, Extent extent) {
  ok_ = false;
  Add(at, std::move(message), extent, false);
}

void FileLog::Warn(Position at, std::string message) {
  Add(at, std::move(message), Extent::kValue, true);
}

void FileLog::Add(Position at, std::string message, Extent extent,
                  bool warning) {
  if (errors_.size() > kMaxErrors) return;
  SourceLine source;
  if (errors_.size() < kMaxErrors) {
    source = FindSourceLine(text_, at.line, at.column);
    if (extent == Extent::kPoint) source.extent = 0;
  } else {
    message = "more than " + std::to_string(kMaxErrors) +
              " mistakes; the rest is not shown; mend these first";
    warning = ok_;
  }
  errors_.push_back({file_, at.line, at.column, std::move(message), warning,
                     std::move(source)});
}

std::string InQuotes(std::string_view text) {
  std::string quoted = "\"";
  const std::string_view shown = Shorten(text);
  for (std::size_t i = 0; i < shown.size();) {
    const std::size_t length = std::max<std::size_t>(Utf8LengthAt(shown, i), 1);
    quoted += ShowCharacter(shown.substr(i, length));
    i += length;
  }
  return quoted + (text.size() > kShownOctets ? "…\"" : "\"");
}

}  // namespace danegate
