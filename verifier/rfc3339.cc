#include "verifier/rfc3339.h"

#include <chrono>
#include <cstdint>
#include <cstdio>

namespace danegate {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

// Takes `count` digits from the front.
std::optional<int> Digits(std::string_view* text, std::size_t count) {
  if (text->size() < count) return std::nullopt;
  int number = 0;
  for (const char c : text->substr(0, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  text->remove_prefix(count);
  return number;
}

bool Skip(std::string_view* text, char wanted) {
  if (!text->starts_with(wanted)) return false;
  text->remove_prefix(1);
  return true;
}

std::optional<std::int64_t> Date(std::string_view* text) {
  const auto year = Digits(text, 4);
  if (!year || !Skip(text, '-')) return std::nullopt;
  const auto month = Digits(text, 2);
  if (!month || !Skip(text, '-')) return std::nullopt;
  const auto day = Digits(text, 2);
  if (!day) return std::nullopt;
  const year_month_day date{std::chrono::year{*year},
                            std::chrono::month{static_cast<unsigned>(*month)},
                            std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::int64_t{sys_days{date}.time_since_epoch().count()} * 86400;
}

// "HH:MM" in seconds.
std::optional<int> HoursAndMinutes(std::string_view* text) {
  const auto hours = Digits(text, 2);
  if (!hours || *hours > 23 || !Skip(text, ':')) return std::nullopt;
  const auto minutes = Digits(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  return *hours * 3600 + *minutes * 60;
}

std::optional<int> TimeOfDay(std::string_view* text) {
  const auto start = HoursAndMinutes(text);
  if (!start || !Skip(text, ':')) return std::nullopt;
  const auto seconds = Digits(text, 2);
  if (!seconds || *seconds > 60) return std::nullopt;  // 60: a leap second
  if (Skip(text, '.')) {
    if (!Digits(text, 1)) return std::nullopt;
    while (Digits(text, 1)) continue;
  }
  return *start + *seconds;
}

std::optional<int> Offset(std::string_view* text) {
  if (Skip(text, 'Z') || Skip(text, 'z')) return 0;
  const int sign = text->starts_with('-') ? -1 : 1;
  if (!Skip(text, '+') && !Skip(text, '-')) return std::nullopt;
  const auto offset = HoursAndMinutes(text);
  if (!offset) return std::nullopt;
  return sign * *offset;
}

}  // namespace

std::string ToRfc3339(UnixTime time) {
  const std::chrono::sys_seconds at{std::chrono::seconds(time.seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const year_month_day date{day};
  const std::chrono::hh_mm_ss clock{at - day};
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ",
                static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

std::optional<UnixTime> FromRfc3339(std::string_view text) {
  const auto date = Date(&text);
  if (!date || !(Skip(&text, 'T') || Skip(&text, 't'))) return std::nullopt;
  const auto time = TimeOfDay(&text);
  if (!time) return std::nullopt;
  const auto offset = Offset(&text);
  if (!offset || !text.empty()) return std::nullopt;
  return UnixTime{*date + *time - *offset};
}

}  // namespace danegate
