// NoFileLeft takes every file of the process but those that are open, until it
// is destroyed. Thread: one.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

namespace danegate {

class NoFileLeft {
 public:
  NoFileLeft() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit now = before_;
    const int next = ::dup(0);
    ::close(next);
    now.rlim_cur = static_cast<rlim_t>(next);
    ::setrlimit(RLIMIT_NOFILE, &now);
  }
  ~NoFileLeft() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace danegate
