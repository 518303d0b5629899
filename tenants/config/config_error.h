// ConfigError is one mistake of an operator, at its place in a file.
//
// FileLog collects the mistakes of one file. Reading goes on after a mistake,
// so that one run shows all of them (E7).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenants/config/source_line.h"

namespace danegate {

struct ConfigError {
  std::string file;
  std::size_t line = 0;    // from 1; 0 where the file as a whole is meant
  std::size_t column = 0;  // from 1, in octets
  std::string message;     // what was expected, what came, what to do
  bool warning = false;    // does not stop the edge from starting
  SourceLine source;       // empty where the file as a whole is meant

  friend bool operator==(const ConfigError&, const ConfigError&) = default;

  // "FILE:LINE:COL: message", "FILE:LINE:COL: warning: message"; without line
  // and column where the file as a whole is meant.
  std::string ToString() const;
};

// Position is a place in a text; both from 1. {0, 0}: the file as a whole.
struct Position {
  std::size_t line = 0;
  std::size_t column = 0;

  friend bool operator==(const Position&, const Position&) = default;
};

// "FILE:LINE:COL", or "FILE" where the file as a whole is meant.
std::string ToPlace(const std::string& file, Position);

// What a mistake is about: the key or value at its place, or the place alone.
enum class Extent { kValue, kPoint };

class FileLog {
 public:
  // A file full of mistakes says no more after this many.
  static constexpr std::size_t kMaxErrors = 100;

  explicit FileLog(std::string file) : file_(std::move(file)) {}

  // What is read from the file, so that mistakes can show their lines.
  void KeepText(std::string_view text) { text_ = text; }

  void Error(Position, std::string message, Extent = Extent::kValue);
  void Warn(Position, std::string message);

  bool ok() const { return ok_; }  // no error; warnings do not count
  const std::string& file() const { return file_; }
  const std::vector<ConfigError>& errors() const { return errors_; }

 private:
  void Add(Position, std::string message, Extent, bool warning);

  std::string file_;
  std::string text_;
  std::vector<ConfigError> errors_;
  bool ok_ = true;
};

// InQuotes is `text` as a message shows it: in quotation marks, what cannot be
// seen escaped, at most 60 octets (E6).
std::string InQuotes(std::string_view text);

}  // namespace danegate
