#include "proxy/command/chosen_tenants.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "tenants/config/spelling.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

constexpr std::size_t kMostGuesses = 3;

// "; did you mean "acme" or "acne"?", or how to see them all.
std::string Guess(const std::string& written, const TenantSet& tenants) {
  std::vector<std::string_view> names;
  for (const auto& tenant : tenants.tenants()) names.push_back(tenant->name);
  std::string guess;
  for (std::size_t i = 0; i < kMostGuesses; ++i) {
    const auto nearest = NearestWord(written, names);
    if (nearest.empty()) break;
    guess += (guess.empty() ? "; did you mean \"" : " or \"") +
             std::string(nearest) + "\"";
    std::erase(names, nearest);
  }
  return guess.empty() ? "; danegate check names the files of all tenants"
                       : guess + "?";
}

}  // namespace

Result<std::unique_ptr<Configuration>, std::string> ReadGoodConfiguration(
    const std::string& file) {
  auto result = ReadConfiguration(file, ReadNow().wall);
  if (result.configuration != nullptr) return std::move(result.configuration);
  std::string errors;
  for (const ConfigError& error : result.errors) {
    if (!error.warning) errors += "\n" + error.ToString();
  }
  return Failure("--config: the configuration has errors; see danegate check" +
                 errors);
}

Result<std::vector<std::shared_ptr<const Tenant>>, std::string> ChooseTenants(
    const TenantSet& tenants, const std::vector<std::string>& names) {
  if (names.empty()) return tenants.tenants();
  std::vector<std::shared_ptr<const Tenant>> chosen;
  for (const std::string& name : names) {
    const auto& all = tenants.tenants();
    const auto found = std::find_if(
        all.begin(), all.end(),
        [&name](const auto& tenant) { return tenant->name == name; });
    if (found == all.end()) {
      return Failure("expected the name of a tenant; found \"" + name + "\"" +
                     Guess(name, tenants));
    }
    chosen.push_back(*found);
  }
  return chosen;
}

}  // namespace danegate
