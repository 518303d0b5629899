// CheckYamlText looks at the octets of a YAML text before the parser does.
#pragma once

#include <string_view>

#include "tenants/config/config_error.h"

namespace danegate {

// Reports and returns false where the text or a line is too large, is not
// UTF-8, holds a control character, indents with a tab, or opens too many
// brackets.
bool CheckYamlText(std::string_view text, FileLog* log);

}  // namespace danegate
