#include "tenants/config/tenant_folder.h"

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>

namespace danegate {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

// Calls `visit(name)` for each name; a folder may have several for each of very
// many tenants, so that no path is made of them. The error, or 0.
template <typename Visit>
int VisitNames(const std::string& folder, const Visit& visit) {
  const std::unique_ptr<DIR, CloseFolder> open(::opendir(folder.c_str()));
  if (open == nullptr) return errno;
  for (;;) {
    errno = 0;
    const dirent* const entry = ::readdir(open.get());
    if (entry == nullptr) return errno;
    visit(std::string_view(entry->d_name));
  }
}

}  // namespace

bool IsTenantFile(std::string_view name) {
  return !name.starts_with('.') && name.ends_with(".yaml");
}

std::string PathOf(const std::string& folder, std::string_view name) {
  std::string path;  // many are kept: no octet more than needed
  path.reserve(folder.size() + 1 + name.size());
  path.append(folder);
  if (!path.ends_with('/')) path.push_back('/');
  return path.append(name);
}

bool IsGone(const std::string& path) {
  std::error_code error;
  return std::filesystem::status(path, error).type() ==
         std::filesystem::file_type::not_found;
}

std::vector<std::string> ListTenantFiles(const std::string& folder,
                                         const std::string& setting,
                                         FileLog* log) {
  std::vector<std::string> files;
  const int error = VisitNames(folder, [&](std::string_view name) {
    if (IsTenantFile(name)) files.push_back(PathOf(folder, name));
    if (name.starts_with('.') || !name.ends_with(".yml")) return;
    log->Warn({}, InQuotes(name) +
                      " is not read; tenant files end in .yaml; rename it");
  });
  if (error != 0) {
    log->Error({}, "cannot read the folder of tenant files: " +
                       std::generic_category().message(error) +
                       "; make it, or change \"tenants\" (" + setting + ")");
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
