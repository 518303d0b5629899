// LogLine is one line of the log: a JSON object, written as it is added to.
//
//   LogLine line("stream", LogLevel::kInfo);
//   line.Add("stanzas", 3);
//
// Every line begins with time, level and event. What peers decide comes out in
// ASCII, escaped (E6). Thread: one owner.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace danegate {

enum class LogLevel { kInfo, kWarning, kError };
std::string_view ToString(LogLevel);

class LogLine {
 public:
  // Octets of a name before it is escaped: enough for every one that a person
  // would choose (E6).
  static constexpr std::size_t kNameLimit = 128;

  LogLine(std::string_view event, LogLevel);

  // Keys are ours: they need no escape.
  void Add(std::string_view key, std::string_view text);
  void Add(std::string_view key, const char* text) {
    Add(key, std::string_view(text));
  }
  void Add(std::string_view key, bool);
  void Add(std::string_view key, double);
  template <std::unsigned_integral Number>
  requires(!std::same_as<Number, bool>) void Add(std::string_view key,
                                                 Number number) {
    AddNumber(key, std::to_string(number));
  }
  void AddJson(std::string_view key, const nlohmann::ordered_json&);
  // A time of day, or how long something took.
  void Add(std::string_view key, std::chrono::system_clock::time_point);
  void AddMilliseconds(std::string_view key, std::chrono::microseconds);
  // Fields that say nothing are left out, long ones cut.
  void AddIfAny(std::string_view key, std::string_view text,
                std::size_t limit = kNameLimit);

  LogLevel level() const { return level_; }
  // Without a line end. Nothing can be added afterwards.
  std::string Take();

 private:
  void AddNumber(std::string_view key, std::string_view number);
  void AddKey(std::string_view key);
  void AppendQuoted(std::string_view text);

  const LogLevel level_;
  std::string text_;
};

}  // namespace danegate
