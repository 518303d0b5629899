// Which tenants of which configuration a command is about. Errors are sentences
// for standard error; with them the question cannot be asked.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tenants/tenant_file.h"
#include "verifier/result.h"

namespace danegate {

struct ChosenTenants {
  Configuration configuration;  // with all tenants that are good
  std::vector<std::shared_ptr<const Tenant>> tenants;  // as they were named
  // Of those that were named, errors in their certificates and keys: they are
  // served all the same, as far as they can be, as danegate run does. Where all
  // were asked for, every error of those that are left out for it.
  std::vector<ConfigError> mistakes;
};

// ReadTenants finds tenants by name; none named: all. The files of those that
// are not asked about may be bad, as they may for danegate run: one customer's
// mistake is nobody else's. The error lists what is wrong with the others, or
// the names that are nearest to one that there is not, behind the `option` that
// gave it, or that nobody is good at all. Certificates are read of those that
// are named only: many others cost little. Blocks.
Result<ChosenTenants, std::string> ReadTenants(
    const std::string& file, const std::vector<std::string>& names,
    const std::string& option = "");

// TellMistakes writes them to standard error.
void TellMistakes(const ChosenTenants&);

// ReadSettings reads the edge's file alone. The error lists what is wrong with
// it. Blocks.
Result<Settings, std::string> ReadSettings(const std::string& file);

}  // namespace danegate
