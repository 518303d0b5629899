#include "tenants/config/setting_check.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "tenants/config/setting_mistake.h"
#include "tenants/config/spelling.h"

namespace danegate {
namespace {

using Kind = YamlNode::Kind;

std::vector<std::string_view> KeysIn(SettingTable table,
                                     std::string_view prefix) {
  std::vector<std::string_view> keys;
  for (const auto& row : table) {
    if (IsDirectlyIn(row.key, prefix)) keys.push_back(LastPart(row.key));
  }
  return keys;
}

// Walks one file.
class Walk {
 public:
  Walk(SettingTable table, FileLog* log) : table_(table), log_(log) {}

  void CheckMap(const YamlNode& map, const std::string& prefix) {
    for (const auto& entry : map.entries) CheckEntry(entry, prefix);
    for (const auto& row : table_) {
      if (row.required && IsDirectlyIn(row.key, prefix) &&
          map.Find(LastPart(row.key)) == nullptr &&
          !IsMisspelt(row, map, prefix)) {
        ReportMissing(row, map.at);
      }
    }
  }

 private:
  const SettingRow* RowFor(const std::string& key, const std::string& prefix) {
    for (const auto& row : table_) {
      if (IsDirectlyIn(row.key, prefix) && LastPart(row.key) == key) {
        return &row;
      }
    }
    return nullptr;
  }

  void CheckEntry(const YamlEntry& entry, const std::string& prefix) {
    const SettingRow* const row = RowFor(entry.key, prefix);
    if (row == nullptr) {
      ReportUnknown(entry, prefix);
      return;
    }
    if (entry.value.kind == Kind::kNull && !row->required) return;
    if (const auto mistake = SettingMistake(*row, entry.value)) {
      log_->Error(entry.value.at, *mistake);
      return;
    }
    CheckBelow(*row, entry.value);
  }

  void CheckBelow(const SettingRow& row, const YamlNode& value) {
    const std::string key(row.key);
    if (row.kind == SettingKind::kMap) CheckMap(value, key + ".");
    if (row.kind != SettingKind::kMaps) return;
    for (const auto& item : value.items) CheckMap(item, key + "[].");
  }

  // Whether the row's key is what another key was meant to be: one mistake.
  bool IsMisspelt(const SettingRow& row, const YamlNode& map,
                  const std::string& prefix) {
    const auto word = LastPart(row.key);
    return std::any_of(map.entries.begin(), map.entries.end(),
                       [&](const YamlEntry& entry) {
                         return RowFor(entry.key, prefix) == nullptr &&
                                !NearestWord(entry.key, {&word, 1}).empty();
                       });
  }

  void ReportMissing(const SettingRow& row, Position at) {
    std::string text = "the key \"" + std::string(row.key) + "\" is missing (" +
                       std::string(row.meaning) + ")";
    if (!row.value.empty()) {
      text += "; add for example " + std::string(LastPart(row.key)) + ": " +
              std::string(row.value);
    }
    log_->Error(at, text, Extent::kPoint);
  }

  void ReportUnknown(const YamlEntry& entry, const std::string& prefix) {
    const auto keys = KeysIn(table_, prefix);
    std::string text = "unknown key " + InQuotes(entry.key);
    const std::string before = entry.key.substr(0, entry.key.find(':'));
    const auto nearest = NearestWord(entry.key, keys);
    const SettingRow* const elsewhere = Elsewhere(entry.key);
    if (elsewhere != nullptr) {
      text += "; it belongs to \"" + std::string(elsewhere->key) +
              "\"; move it there";
    } else if (before != entry.key && RowFor(before, prefix) != nullptr) {
      text += "; write a space behind \"" + before + ":\"";
    } else if (!nearest.empty()) {
      text += DidYouMean(nearest);
    } else {
      text += "; expected one of " + JoinWords(keys) + "; remove it";
    }
    log_->Error(entry.at, text);
  }

  // A setting of this name in another map of the file.
  const SettingRow* Elsewhere(const std::string& key) {
    for (const auto& row : table_) {
      if (LastPart(row.key) == key) return &row;
    }
    return nullptr;
  }

  SettingTable table_;
  FileLog* log_;
};

}  // namespace

void CheckSettings(const YamlNode& root, SettingTable table, FileLog* log) {
  if (root.kind != Kind::kMap) {
    log->Error(root.at, "expected a map of keys (" +
                            JoinWords(KeysIn(table, "")) + "); found " +
                            root.Describe() +
                            "; write each key at the beginning of a line");
    return;
  }
  Walk(table, log).CheckMap(root, "");
}

}  // namespace danegate
