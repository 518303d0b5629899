#include "proxy/ops/watched_folders.h"

#include <utility>

namespace danegate {

WatchedFolders::WatchedFolders(
    std::unique_ptr<FolderWatch> watch,
    std::function<void(const std::string&)> on_trouble)
    : watch_(std::move(watch)), on_trouble_(std::move(on_trouble)) {}

void WatchedFolders::Want(std::set<std::string> folders, bool anew) {
  for (const auto& folder : wanted_) {
    if (!folders.contains(folder)) watch_->Remove(folder);
  }
  for (const auto& folder : folders) {
    const bool is_known = wanted_.contains(folder);
    if (is_known && !anew) continue;
    const auto why = watch_->Add(folder);
    if (!why.empty() && !is_known) {
      on_trouble_(why +
                  "; changes there are noticed by danegate ctl reload or "
                  "SIGHUP only");
    }
  }
  wanted_ = std::move(folders);
}

}  // namespace danegate
