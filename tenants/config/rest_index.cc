#include "tenants/config/rest_index.h"

#include <algorithm>
#include <functional>

namespace danegate {
namespace {

std::size_t HashOf(const std::string& path) {
  return std::hash<std::string>()(path);
}

std::string FolderOf(const std::string& path) {
  return path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
}

}  // namespace

void RestIndex::Add(const std::string& file,
                    const std::vector<RestedOn>& rests) {
  for (const RestedOn& rest : rests) {
    files_.emplace(HashOf(rest.path), &file);
    ++folders_[FolderOf(rest.path)];
  }
}

void RestIndex::Remove(const std::string& file,
                       const std::vector<RestedOn>& rests) {
  for (const RestedOn& rest : rests) {
    files_.erase({HashOf(rest.path), &file});
    const auto folder = folders_.find(FolderOf(rest.path));
    if (--folder->second == 0) folders_.erase(folder);
  }
}

std::set<std::string> RestIndex::FilesOn(const std::string& path) const {
  std::set<std::string> files;
  const std::size_t hash = HashOf(path);
  for (auto at = files_.lower_bound({hash, nullptr});
       at != files_.end() && at->first == hash; ++at) {
    files.insert(*at->second);
  }
  return files;
}

}  // namespace danegate
