// WatchedFolders keeps a FolderWatch at the folders that are wanted now, which
// change as tenants do.
//
// Thread: the loop's.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "proxy/net/folder_watch.h"
#include "verifier/result.h"

namespace danegate {

class WatchedFolders {
 public:
  // `watch` is open; `on_trouble` hears of each folder that cannot be watched,
  // once.
  WatchedFolders(std::unique_ptr<FolderWatch> watch,
                 std::function<void(const std::string&)> on_trouble);

  // Watches these and no others. `anew`: also looks up those again that are
  // watched, since they may be others by now.
  void Want(std::set<std::string> folders, bool anew);

 private:
  const std::unique_ptr<FolderWatch> watch_;
  const std::function<void(const std::string&)> on_trouble_;
  std::set<std::string> wanted_;
};

}  // namespace danegate
