#include "proxy/net/folder_watch.h"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "verifier/check.h"

namespace danegate {
namespace {

constexpr unsigned kFileEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM |
                                 IN_DELETE | IN_ATTRIB | IN_CREATE;
constexpr unsigned kFolderEvents = IN_DELETE_SELF | IN_MOVE_SELF;
// That it is watched no more, without being asked for.
constexpr unsigned kEndEvents = kFolderEvents | IN_UNMOUNT | IN_IGNORED;

std::string SystemError() { return std::generic_category().message(errno); }

// A link is complete when it is there; a file only when it is closed.
bool IsLink(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 &&
         (S_ISLNK(status.st_mode) || status.st_nlink > 1);
}

}  // namespace

struct FolderWatch::Handle {
  uv_poll_t uv;
  FolderWatch* watch;
};

Result<std::unique_ptr<FolderWatch>, std::string> FolderWatch::Open(
    Loop& loop, std::function<void(const std::string&)> on_change,
    std::function<void()> on_lost) {
  const int file = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (file < 0) {
    return Failure("cannot watch files: " + SystemError() +
                   "; see fs.inotify.max_user_instances");
  }
  return std::unique_ptr<FolderWatch>(
      new FolderWatch(loop, file, std::move(on_change), std::move(on_lost)));
}

FolderWatch::FolderWatch(Loop& loop, int file,
                         std::function<void(const std::string&)> on_change,
                         std::function<void()> on_lost)
    : on_change_(std::move(on_change)),
      on_lost_(std::move(on_lost)),
      file_(file),
      handle_(new Handle{{}, this}) {
  handle_->uv.data = handle_;
  DANEGATE_CHECK(uv_poll_init(loop.get(), &handle_->uv, file_) == 0);
  const int status =
      uv_poll_start(&handle_->uv, UV_READABLE, [](uv_poll_t* uv, int, int) {
        static_cast<Handle*>(uv->data)->watch->OnReadable();
      });
  DANEGATE_CHECK(status == 0);
  uv_unref(reinterpret_cast<uv_handle_t*>(&handle_->uv));
}

FolderWatch::~FolderWatch() {
  uv_poll_stop(&handle_->uv);
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->uv),
           [](uv_handle_t* uv) { delete static_cast<Handle*>(uv->data); });
  ::close(file_);
}

std::string FolderWatch::Add(const std::string& folder) {
  const int number = ::inotify_add_watch(
      file_, folder.c_str(), kFileEvents | kFolderEvents | IN_ONLYDIR);
  if (number < 0) {
    const int error = errno;
    Remove(folder);
    return "cannot watch '" + folder +
           "': " + std::generic_category().message(error) +
           (error == ENOSPC ? "; see fs.inotify.max_user_watches" : "");
  }
  const auto before = numbers_.find(folder);
  if (before != numbers_.end() && before->second != number) Remove(folder);
  folders_[number].insert(folder);
  numbers_[folder] = number;
  return "";
}

void FolderWatch::Remove(const std::string& folder) {
  const auto found = numbers_.find(folder);
  if (found == numbers_.end()) return;
  const auto paths = folders_.find(found->second);
  numbers_.erase(found);
  paths->second.erase(folder);
  if (!paths->second.empty()) return;
  ::inotify_rm_watch(file_, paths->first);
  folders_.erase(paths);
}

void FolderWatch::OnReadable() {
  alignas(inotify_event) char buffer[16 * 1024];
  for (;;) {
    const ssize_t size = ::read(file_, buffer, sizeof buffer);
    if (size <= 0) return;
    for (const char* at = buffer; at < buffer + size;) {
      inotify_event event;
      std::memcpy(&event, at, sizeof event);
      const char* const name = at + sizeof event;
      OnEvent(event.wd, event.mask, event.len == 0 ? "" : name);
      at = name + event.len;
    }
  }
}

void FolderWatch::OnEvent(int number, unsigned mask, const std::string& name) {
  if ((mask & IN_Q_OVERFLOW) != 0) return on_lost_();
  const auto found = folders_.find(number);
  if (found == folders_.end()) return;  // removed meanwhile
  if ((mask & kEndEvents) != 0) {
    Lose(number);
    return on_lost_();
  }
  if (name.empty()) return;  // the folder's own rights
  if (name.starts_with("..")) return on_lost_();
  const std::set<std::string> folders = found->second;
  for (const auto& folder : folders) Tell(folder + "/" + name, mask);
}

void FolderWatch::Tell(const std::string& path, unsigned mask) {
  if ((mask & IN_CREATE) != 0 && !IsLink(path)) return;
  on_change_(path);
}

// One that was moved would be watched on elsewhere.
void FolderWatch::Lose(int number) {
  for (const auto& folder : folders_.at(number)) numbers_.erase(folder);
  folders_.erase(number);
  ::inotify_rm_watch(file_, number);
}

}  // namespace danegate
