#include "tenants/config/octets.h"

#include <charconv>
#include <limits>

namespace danegate {
namespace {

struct Unit {
  std::string_view name;
  unsigned shift;
};

constexpr Unit kUnits[] = {{"", 0}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}};

// Splits "256KiB" into 256 and "KiB"; nothing if it begins with no number.
std::optional<std::uint64_t> TakeNumber(std::string_view* text) {
  std::uint64_t number = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, number);
  if (error != std::errc()) return std::nullopt;
  text->remove_prefix(static_cast<std::size_t>(stop - text->data()));
  return number;
}

// "kib" of " KB", "K", "kiB"; empty for what is no unit.
std::string_view NearestUnit(std::string_view written) {
  if (written.starts_with(' ')) written.remove_prefix(1);
  if (written.empty()) return {};
  for (const Unit& unit : kUnits) {
    if (unit.name.empty() || (written[0] | 0x20) != (unit.name[0] | 0x20)) {
      continue;
    }
    const std::string_view rest = written.substr(1);
    for (const std::string_view known : {"", "b", "B", "i", "ib", "iB", "IB"}) {
      if (rest == known) return unit.name;
    }
  }
  return {};
}

}  // namespace

std::optional<std::uint64_t> ParseOctets(std::string_view text) {
  const auto number = TakeNumber(&text);
  if (!number) return std::nullopt;
  for (const Unit& unit : kUnits) {
    if (text != unit.name) continue;
    const bool fits =
        *number <= std::numeric_limits<std::uint64_t>::max() >> unit.shift;
    return fits ? std::optional(*number << unit.shift) : std::nullopt;
  }
  return std::nullopt;
}

std::string NearestOctets(std::string_view text) {
  if (ParseOctets(text)) return {};
  const auto number = TakeNumber(&text);
  const std::string_view unit = NearestUnit(text);
  if (!number || unit.empty()) return {};
  return std::to_string(*number) + std::string(unit);
}

std::string WriteOctets(std::uint64_t octets) {
  std::string text = std::to_string(octets);
  for (const Unit& unit : kUnits) {
    if (octets == 0 || (octets & ((1ULL << unit.shift) - 1)) != 0) break;
    text = std::to_string(octets >> unit.shift) + std::string(unit.name);
  }
  return text;
}

}  // namespace danegate
