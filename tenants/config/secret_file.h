// A secret that two sides share, from a file of its own (E7).
#pragma once

#include <string>
#include <string_view>

#include "tenants/config/config_error.h"
#include "tenants/config/fields.h"

namespace danegate {

// ReadSecret returns what the file that the setting names holds, without the
// end of its last line; empty if the setting is absent or there is a mistake,
// which is reported: group or others can do anything with the file, or it holds
// fewer than 32 octets or more than 1,024. Blocks.
std::string ReadSecret(const Fields&, std::string_view key, FileLog*);

}  // namespace danegate
