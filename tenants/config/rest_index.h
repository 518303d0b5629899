// RestIndex knows which tenant files rest on which others (certificates, keys,
// roots), and in which folders those are. Pure.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tenants/config/file_stamp.h"

namespace danegate {

class RestIndex {
 public:
  // Borrows `file`, at its place, until it is removed: with very many tenants a
  // copy for each path is a tenth of all memory.
  void Add(const std::string& file, const std::vector<RestedOn>&);
  // REQUIRES: they were added for this file.
  void Remove(const std::string& file, const std::vector<RestedOn>&);

  // The tenant files that rest on the path; perhaps one more, which does no
  // harm: paths are known by their hash.
  std::set<std::string> FilesOn(const std::string& path) const;
  // Each folder, and how many files in it are rested on.
  const std::map<std::string, std::size_t>& folders() const { return folders_; }

 private:
  // By the path's hash.
  std::set<std::pair<std::size_t, const std::string*>> files_;
  std::map<std::string, std::size_t> folders_;
};

}  // namespace danegate
