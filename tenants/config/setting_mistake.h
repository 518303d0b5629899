// Whether a value is one that its setting takes.
#pragma once

#include <optional>
#include <string>

#include "tenants/config/setting_row.h"
#include "tenants/config/yaml_node.h"

namespace danegate {

// SettingMistake is what is wrong with a value, or nothing. It looks at the
// value alone: the keys of a map are CheckSettings' business.
std::optional<std::string> SettingMistake(const SettingRow&, const YamlNode&);

}  // namespace danegate
