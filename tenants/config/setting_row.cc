#include "tenants/config/setting_row.h"

#include <algorithm>

#include "verifier/check.h"

namespace danegate {

const SettingRow& RowOf(SettingTable table, std::string_view key) {
  const SettingRow* found = nullptr;
  for (const auto& row : table) {
    if (row.key == key) found = &row;
  }
  DANEGATE_CHECK(found != nullptr);
  return *found;
}

bool IsDirectlyIn(std::string_view key, std::string_view prefix) {
  return key.starts_with(prefix) &&
         key.find('.', prefix.size()) == std::string_view::npos;
}

std::string_view LastPart(std::string_view key) {
  return key.substr(key.rfind('.') + 1);
}

std::vector<std::string_view> WordsIn(std::string_view words) {
  std::vector<std::string_view> parts;
  while (!words.empty()) {
    const auto end = std::min(words.find(' '), words.size());
    parts.push_back(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return parts;
}

std::string JoinWords(const std::vector<std::string_view>& words) {
  std::string text;
  for (const auto word : words) {
    text.append(text.empty() ? "" : ", ").append(word);
  }
  return text;
}

}  // namespace danegate
