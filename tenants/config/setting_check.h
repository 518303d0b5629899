// Whether a YAML file has the shape that a table of settings describes.
#pragma once

#include "tenants/config/config_error.h"
#include "tenants/config/setting_row.h"
#include "tenants/config/yaml_node.h"

namespace danegate {

// CheckSettings reports every unknown key, every missing key and every value of
// a wrong kind or range in `root`, the whole file.
void CheckSettings(const YamlNode& root, SettingTable, FileLog* log);

}  // namespace danegate
