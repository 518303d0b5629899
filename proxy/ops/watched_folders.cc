#include "proxy/ops/watched_folders.h"

#include <algorithm>
#include <utility>

namespace danegate {
namespace {

constexpr char kRemedy[] =
    "; changes there are noticed by danegate ctl reload or SIGHUP only";

}  // namespace

WatchedFolders::WatchedFolders(
    std::unique_ptr<FolderWatch> watch,
    std::function<void(const std::string&)> on_trouble)
    : watch_(std::move(watch)), on_trouble_(std::move(on_trouble)) {}

bool WatchedFolders::Want(std::set<std::string> first, bool anew,
                          const std::map<std::string, std::size_t>& others) {
  std::set<std::string> folders = std::move(first);
  Fill(others, &folders);
  for (const auto& folder : wanted_) {
    if (!folders.contains(folder)) watch_->Remove(folder);
  }
  std::erase_if(failed_, [&folders](const std::string& folder) {
    return !folders.contains(folder);
  });
  bool is_back = false;
  for (const auto& folder : folders) {
    const bool was_watched = watch_->Has(folder);
    if (was_watched && !anew) continue;
    const bool was_wanted = wanted_.contains(folder);
    is_back |= Add(folder) && was_wanted && !was_watched;
  }
  wanted_ = std::move(folders);
  return is_back;
}

void WatchedFolders::Fill(const std::map<std::string, std::size_t>& others,
                          std::set<std::string>* folders) {
  std::size_t left_out = 0;
  while (folders->size() > kMaxFolders) {
    folders->erase(std::prev(folders->end()));
    ++left_out;
  }
  for (const auto& [folder, count] : others) {
    if (folders->contains(folder)) continue;
    if (folders->size() < kMaxFolders) {
      folders->insert(folder);
    } else {
      ++left_out;
    }
  }
  if (left_out > 0 && !has_told_of_many_) {
    on_trouble_("cannot watch " + std::to_string(left_out) +
                " of the folders of certificates, since at most " +
                std::to_string(kMaxFolders) + " are watched" + kRemedy +
                "; fewer folders with more files each are watched all");
  }
  has_told_of_many_ = left_out > 0;
}

bool WatchedFolders::Add(const std::string& folder) {
  const auto why = watch_->Add(folder);
  if (why.empty()) {
    failed_.erase(folder);
    return true;
  }
  if (failed_.insert(folder).second) on_trouble_(why + kRemedy);
  return false;
}

}  // namespace danegate
