// WatchedFolders keeps a FolderWatch at the folders that are wanted now, which
// change as tenants do, and tries those again that could not be watched.
//
// Thread: the loop's.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "proxy/net/folder_watch.h"

namespace danegate {

class WatchedFolders {
 public:
  // Those that are watched at a time: one user has not many more by default
  // (fs.inotify.max_user_watches).
  static constexpr std::size_t kMaxFolders = 4096;

  // `watch` is open; `on_trouble` hears of each folder that cannot be watched,
  // once until it can, and once that there are too many.
  WatchedFolders(std::unique_ptr<FolderWatch> watch,
                 std::function<void(const std::string&)> on_trouble);

  // Watches these and no others: `first`, then of `others` (the keys) as many
  // as there is room for. `anew`: also looks up those again that are watched,
  // since they may be others by now. Those that are not watched, because it
  // failed or they were lost, are tried again at each call. True: at least one
  // of these is watched again, and files in it may have changed meanwhile.
  bool Want(std::set<std::string> first, bool anew,
            const std::map<std::string, std::size_t>& others = {});

  // Whether a folder is wanted, there is room for it, and it is not watched.
  // Whoever has a ticker calls Want() with the same again then.
  bool HasFailed() const { return watch_->size() < wanted_.size(); }

 private:
  void Fill(const std::map<std::string, std::size_t>& others,
            std::set<std::string>* folders);
  bool Add(const std::string& folder);

  const std::unique_ptr<FolderWatch> watch_;
  const std::function<void(const std::string&)> on_trouble_;
  std::set<std::string> wanted_;  // at most kMaxFolders
  std::set<std::string> failed_;  // those that were told of
  bool has_told_of_many_ = false;
};

}  // namespace danegate
