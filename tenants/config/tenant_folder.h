// The tenant files of a folder.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tenants/config/config_error.h"

namespace danegate {

// At most this many tenant files are read.
inline constexpr std::size_t kMaxTenantFiles = 200'000;

// Whether a file of this name is a tenant's: *.yaml, and no dot before it.
bool IsTenantFile(std::string_view name);

// The path of the file of this name.
std::string PathOf(const std::string& folder, std::string_view name);

// Whether there is no such file; one that cannot be looked at may be there.
bool IsGone(const std::string& path);

// ListTenantFiles gives the paths by name. `setting`: where the folder is
// named, "danegate.yaml:7:10". `log` is the folder's; where it has an error
// nothing is known about the files. Blocks.
std::vector<std::string> ListTenantFiles(const std::string& folder,
                                         const std::string& setting,
                                         FileLog* log);

}  // namespace danegate
