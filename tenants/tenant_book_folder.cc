// What the folder as a whole says: whether it can be read, and whether anybody
// is left in it.
#include <algorithm>

#include "tenants/config/tenant_folder.h"
#include "tenants/tenant_book.h"

namespace danegate {
namespace {

std::string TheyStay(std::size_t tenants) {
  const bool one = tenants == 1;
  return "expected tenant files; found none, and " + std::to_string(tenants) +
         (one ? " tenant is served: it stays; bring its file back"
              : " tenants are served: they stay; bring the files back") +
         ", or run danegate ctl reload --force to let " +
         (one ? "it" : "them") + " go";
}

}  // namespace

std::optional<std::vector<std::string>> TenantBook::ListFolder(
    bool force, TenantChanges* changes) {
  FileLog log(folder_);
  auto files = ListTenantFiles(folder_, folder_setting_, &log);
  if (log.ok() && files.empty()) {
    if (tenants_.size() > 0 && !force) {
      log.Error({}, TheyStay(tenants_.size()));
    } else {
      log.Warn({},
               "no tenant file (*.yaml) here: nobody is served; put one for "
               "each tenant there");
    }
  }
  Report(log, changes);
  if (!log.ok()) return std::nullopt;
  return files;
}

// Takes the files out that are gone and must not take their tenants with them.
// What was wrong with the folder is looked at again.
void TenantBook::KeepLast(std::set<std::string>& files,
                          TenantChanges* changes) {
  const bool may_be_all =
      !files.empty() && std::all_of(files.begin(), files.end(), IsGone) &&
      std::all_of(files_.begin(), files_.end(),
                  [](const auto& file) { return IsGone(file.first); });
  if (!may_be_all && !problems_.contains(folder_)) return;
  if (ListFolder(/*force=*/false, changes)) return;
  std::erase_if(files, [this](const std::string& file) {
    return files_.contains(file) && IsGone(file);
  });
}

}  // namespace danegate
