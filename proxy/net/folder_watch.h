// FolderWatch tells which files of some folders have changed: written and
// closed, put there, renamed, removed, or given other rights. A file that is
// still being written is not told of, so that nobody reads half of one.
//
// Thread: the loop's. It does not keep the loop alive.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "proxy/net/loop.h"
#include "verifier/result.h"

namespace danegate {

class FolderWatch {
 public:
  // `on_change` is called with the path of each file; with each of its paths
  // where a folder is watched by several (links). `on_lost` is called where
  // it cannot be said what has changed: too much at once, a watched folder is
  // gone or another, or a name that begins with ".." (by which Kubernetes
  // replaces all files of a volume): then everything must be looked at.
  static Result<std::unique_ptr<FolderWatch>, std::string> Open(
      Loop&, std::function<void(const std::string& path)> on_change,
      std::function<void()> on_lost);
  ~FolderWatch();
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  // Empty, or why the folder cannot be watched; then it is not. One that is
  // watched already is looked up anew: it may be another by now.
  std::string Add(const std::string& folder);
  void Remove(const std::string& folder);
  // Not any more after on_lost, where the folder is gone.
  bool Has(const std::string& folder) const {
    return numbers_.contains(folder);
  }
  std::size_t size() const { return numbers_.size(); }

 private:
  struct Handle;
  FolderWatch(Loop&, int file, std::function<void(const std::string&)>,
              std::function<void()>);
  void OnReadable();
  void OnEvent(int number, unsigned mask, const std::string& name);
  void Tell(const std::string& path, unsigned mask);
  void Lose(int number);

  const std::function<void(const std::string&)> on_change_;
  const std::function<void()> on_lost_;
  const int file_;
  Handle* handle_;
  // The kernel has one number for a folder, by whatever paths it is watched.
  std::map<int, std::set<std::string>> folders_;
  std::map<std::string, int> numbers_;
};

}  // namespace danegate
