#include "proxy/ops/log_text.h"

#include <ctime>

namespace danegate {

std::string ToRfc3339(std::chrono::system_clock::time_point time) {
  const auto since = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  const auto micros =
      std::chrono::duration_cast<std::chrono::microseconds>(since - seconds);
  const std::time_t whole = seconds.count();
  std::tm parts{};
  ::gmtime_r(&whole, &parts);
  char date[sizeof "2026-01-31T09:30:00"];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
  const std::string digits = std::to_string(1000000 + micros.count());
  return date + ("." + digits.substr(1)) + "Z";
}

std::string Clip(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string(text);
  std::size_t end = limit;
  while (end > 0 && (text[end] & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

std::string ClipBeforeRecord(std::string_view text, std::size_t limit) {
  constexpr std::string_view kType = " IN TLSA ";
  if (text.size() <= limit) return std::string(text);
  auto end = text.npos;
  for (auto at = text.find(kType); at != text.npos;
       at = text.find(kType, end)) {
    const auto clause = text.rfind("; ", at);
    end = text.find_first_not_of("0123456789ABCDEFabcdef ", at + kType.size());
    const bool is_cut = end == text.npos || end > limit;
    if (is_cut && clause <= limit) limit = clause;
    if (is_cut) break;
  }
  return Clip(text, limit);
}

}  // namespace danegate
