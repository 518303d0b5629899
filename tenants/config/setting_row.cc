#include "tenants/config/setting_row.h"

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

}  // namespace danegate
