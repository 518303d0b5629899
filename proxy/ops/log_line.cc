#include "proxy/ops/log_line.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "proxy/ops/log_text.h"

namespace danegate {
namespace {

using Json = nlohmann::ordered_json;

// What most lines take: they are made thousands of times a second.
constexpr std::size_t kUsualSize = 640;

bool NeedsNoEscape(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
  });
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace

std::string_view ToString(LogLevel level) {
  switch (level) {
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "";
}

LogLine::LogLine(std::string_view event, LogLevel level) : level_(level) {
  text_.reserve(kUsualSize);
  Add("time", std::chrono::system_clock::now());
  Add("level", ToString(level));
  Add("event", event);
}

void LogLine::AddKey(std::string_view key) {
  text_ += text_.empty() ? '{' : ',';
  text_ += '"';
  text_ += key;
  text_ += "\":";
}

void LogLine::AppendQuoted(std::string_view text) {
  if (!NeedsNoEscape(text)) {
    text_ += Dump(Json(text));
    return;
  }
  text_ += '"';
  text_ += text;
  text_ += '"';
}

void LogLine::Add(std::string_view key, std::string_view text) {
  AddKey(key);
  AppendQuoted(text);
}

void LogLine::AddNumber(std::string_view key, std::string_view number) {
  AddKey(key);
  text_ += number;
}

void LogLine::Add(std::string_view key, bool value) {
  AddNumber(key, value ? "true" : "false");
}

void LogLine::Add(std::string_view key, double number) {
  char digits[32];
  const auto end = std::to_chars(digits, std::end(digits), number).ptr;
  AddNumber(key, {digits, static_cast<std::size_t>(end - digits)});
}

void LogLine::AddJson(std::string_view key, const Json& json) {
  AddNumber(key, Dump(json));
}

void LogLine::Add(std::string_view key,
                  std::chrono::system_clock::time_point time) {
  Add(key, std::string_view(ToRfc3339(time)));
}

void LogLine::AddMilliseconds(std::string_view key,
                              std::chrono::microseconds time) {
  Add(key, static_cast<double>(time.count()) / 1000.0);
}

void LogLine::AddIfAny(std::string_view key, std::string_view text,
                       std::size_t limit) {
  if (!text.empty()) Add(key, std::string_view(Clip(text, limit)));
}

std::string LogLine::Take() {
  text_ += '}';
  return std::move(text_);
}

}  // namespace danegate
