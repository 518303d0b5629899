#include "tenants/config/setting_mistake.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "tenants/config/octets.h"
#include "tenants/config/spelling.h"

namespace danegate {
namespace {

using Kind = YamlNode::Kind;

std::string Range(const SettingRow& row) {
  return std::to_string(row.least) + " to " + std::to_string(row.most);
}

std::string Expected(const SettingRow& row) {
  switch (row.kind) {
    case SettingKind::kMap:
      return "a map of keys";
    case SettingKind::kMaps:
      return "a list of " + Range(row) + " maps";
    case SettingKind::kOptions:
      return "a map of options";
    case SettingKind::kText:
      return row.most == 0
                 ? "a text"
                 : "a text of at most " + std::to_string(row.most) + " octets";
    case SettingKind::kTexts:
      return "a list of " + Range(row) + " texts";
    case SettingKind::kWord:
      return "one of " + JoinWords(WordsIn(row.words));
    case SettingKind::kCount:
      return "a whole number from " + Range(row);
    case SettingKind::kOctets:
      return "a size from " + WriteOctets(row.least) + " to " +
             WriteOctets(row.most) + ", in octets or with KiB, MiB or GiB";
  }
  return {};
}

// A list of the right length is shown by what in it is wrong.
std::string Found(const SettingRow& row, const YamlNode& value) {
  const Kind wanted =
      row.kind == SettingKind::kMaps ? Kind::kMap : Kind::kScalar;
  for (const auto& item : value.items) {
    if (item.kind == wanted) continue;
    return item.kind == Kind::kNull
               ? "a list with an empty item"
               : "a list with " + item.Describe() + " in it";
  }
  return value.Describe();
}

// What to do about a value that does not fit; `nearest`: what was probably
// meant, or empty.
std::string Remedy(const SettingRow& row, const YamlNode& value,
                   std::string_view nearest) {
  if (!nearest.empty()) return DidYouMean(nearest);
  if (value.kind == Kind::kList && row.most != 0 &&
      value.items.size() > row.most) {
    return "; remove " + std::to_string(value.items.size() - row.most) +
           " of them";
  }
  if (row.kind == SettingKind::kMaps && value.kind == Kind::kMap) {
    return "; write \"- \" before the first key of each";
  }
  if (row.kind == SettingKind::kMap) {
    return "; write each key on a line of its own below, indented";
  }
  if (row.kind == SettingKind::kText && row.most != 0) {
    return "; shorten it to one text of that size";
  }
  if (row.value.empty()) return "; write one";
  return "; write for example " + std::string(row.value);
}

std::string Mismatch(const SettingRow& row, const YamlNode& value,
                     std::string_view nearest = {}) {
  return std::string(row.key) + ": expected " + Expected(row) + " (" +
         std::string(row.meaning) + "); found " + Found(row, value) +
         Remedy(row, value, nearest);
}

bool IsCount(const SettingRow& row, const std::string& text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end && number >= row.least &&
         number <= row.most;
}

std::optional<std::string> WordMistake(const SettingRow& row,
                                       const YamlNode& value) {
  const auto words = WordsIn(row.words);
  const auto later = WordsIn(row.not_yet);
  const std::string& text = value.text;
  if (value.kind == Kind::kScalar) {
    if (std::find(words.begin(), words.end(), text) != words.end()) {
      return std::nullopt;
    }
    if (std::find(later.begin(), later.end(), text) != later.end()) {
      return std::string(row.key) + ": " + InQuotes(text) +
             " is not supported by this version; it takes " + JoinWords(words);
    }
  }
  return Mismatch(row, value, NearestWord(text, words));
}

bool IsOctets(const SettingRow& row, const YamlNode& value) {
  if (value.kind != Kind::kScalar) return false;
  const auto octets = ParseOctets(value.text);
  return octets && *octets >= row.least && *octets <= row.most;
}

std::optional<std::string> OctetsMistake(const SettingRow& row,
                                         const YamlNode& value) {
  if (IsOctets(row, value)) return std::nullopt;
  return Mismatch(row, value, NearestOctets(value.text));
}

bool IsListOf(const YamlNode& value, Kind kind, const SettingRow& row) {
  return value.kind == Kind::kList && value.items.size() >= row.least &&
         value.items.size() <= row.most &&
         std::all_of(
             value.items.begin(), value.items.end(),
             [kind](const YamlNode& item) { return item.kind == kind; });
}

bool IsOptions(const YamlNode& value) {
  return value.kind == Kind::kMap &&
         std::all_of(value.entries.begin(), value.entries.end(),
                     [](const YamlEntry& entry) {
                       return entry.value.kind == Kind::kScalar;
                     });
}

bool Fits(const SettingRow& row, const YamlNode& value) {
  const bool scalar = value.kind == Kind::kScalar;
  switch (row.kind) {
    case SettingKind::kMap:
      return value.kind == Kind::kMap;
    case SettingKind::kMaps:
      return IsListOf(value, Kind::kMap, row);
    case SettingKind::kOptions:
      return IsOptions(value);
    case SettingKind::kText:
      return scalar && !(row.required && value.text.empty()) &&
             (row.most == 0 || value.text.size() <= row.most);
    case SettingKind::kTexts:
      return scalar || IsListOf(value, Kind::kScalar, row);
    case SettingKind::kWord:
      return !WordMistake(row, value).has_value();
    case SettingKind::kCount:
      return scalar && IsCount(row, value.text);
    case SettingKind::kOctets:
      return IsOctets(row, value);
  }
  return false;
}

}  // namespace

std::optional<std::string> SettingMistake(const SettingRow& row,
                                          const YamlNode& value) {
  if (row.kind == SettingKind::kWord) return WordMistake(row, value);
  if (row.kind == SettingKind::kOctets) return OctetsMistake(row, value);
  if (Fits(row, value)) return std::nullopt;
  return Mismatch(row, value);
}

}  // namespace danegate
