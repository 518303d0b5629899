#include "proxy/ops/process.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace danegate {
namespace {

std::string NotHidden(const char* call) {
  return "the keys in its memory cannot be hidden: " + std::string(call) +
         ": " + std::system_category().message(errno) +
         "; allow that call where system calls are filtered";
}

}  // namespace

std::optional<std::string> HideMemory() {
  const rlimit no_core{0, 0};
  if (::setrlimit(RLIMIT_CORE, &no_core) != 0) {
    return NotHidden("setrlimit(RLIMIT_CORE)");
  }
  // A program that takes cores by a pipe is bound by this one only.
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    return NotHidden("prctl(PR_SET_DUMPABLE)");
  }
  return std::nullopt;
}

void PrepareProcess() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
  std::signal(SIGPIPE, SIG_IGN);
}

std::size_t MaxOpenFiles() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  return files.rlim_cur;
}

}  // namespace danegate
