// ReadYaml turns the text of a configuration file into a YamlNode. The door to
// yaml-cpp.
//
// A file comes from an operator, and perhaps from an operator's customer, so
// everything is bounded (E7): size, depth, number of values. Anchors, aliases
// and tags are refused, so there is nothing to expand. Text must be UTF-8
// without control characters; lines are indented with spaces. Keys are text and
// occur once in a map.
#pragma once

#include <optional>
#include <string_view>

#include "tenants/config/config_error.h"
#include "tenants/config/yaml_limits.h"
#include "tenants/config/yaml_node.h"

namespace danegate {

// Reports every mistake to `log`. An empty text is an empty map at 1:1. Nothing
// comes back where the structure is broken or a limit is exceeded; a repeated
// key is reported and its first value stands.
std::optional<YamlNode> ReadYaml(std::string_view text, FileLog* log);

}  // namespace danegate
