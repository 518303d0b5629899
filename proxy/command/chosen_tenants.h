// Which tenants of which configuration a command is about. Errors are sentences
// for standard error; with them the question cannot be asked.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tenants/tenant_file.h"
#include "verifier/result.h"

namespace danegate {

// ReadGoodConfiguration: the error lists what is wrong with it, or with a file
// that it names. Blocks.
Result<std::unique_ptr<Configuration>, std::string> ReadGoodConfiguration(
    const std::string& file);

// ChooseTenants finds tenants by name; none named: all. The error names those
// that are nearest to a name that there is not.
Result<std::vector<std::shared_ptr<const Tenant>>, std::string> ChooseTenants(
    const TenantSet&, const std::vector<std::string>& names);

}  // namespace danegate
