#include "tenants/config/tenant_folder.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace danegate {
namespace fs = std::filesystem;

bool IsTenantFile(const std::string& name) {
  return !name.starts_with('.') && name.ends_with(".yaml");
}

std::vector<std::string> ListTenantFiles(const std::string& folder,
                                         FileLog* log) {
  std::vector<std::string> files;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const fs::path& path = entry->path();
    const std::string name = path.filename().string();
    if (IsTenantFile(name)) files.push_back(path.string());
    if (name.starts_with('.') || !name.ends_with(".yml")) continue;
    log->Warn({}, InQuotes(name) +
                      " is not read; tenant files end in .yaml; rename it");
  }
  if (error) {
    log->Error({}, "cannot read the folder of tenant files: " +
                       error.message() + "; make it, or change \"tenants\"");
  } else if (files.empty()) {
    log->Warn(
        {},
        "no tenant file (*.yaml) here: nobody is served; put one for each "
        "tenant there");
  }
  std::sort(files.begin(), files.end());
  if (files.size() > kMaxTenantFiles) {
    log->Error({}, "expected at most " + std::to_string(kMaxTenantFiles) +
                       " tenant files; found " + std::to_string(files.size()) +
                       "; serve the rest with another edge");
    files.clear();
  }
  return files;
}

}  // namespace danegate
