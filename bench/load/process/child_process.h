// ChildProcess is a program that this one has started: it is ended with the
// object, and dies with this process whatever becomes of it. Belongs to the
// thread that started it, which must not end before.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "verifier/instant.h"
#include "verifier/result.h"

namespace danegate {

class ChildProcess {
 public:
  // Starts `argv`, whose first is a path, in `folder`; what it writes goes to
  // `output`, a descriptor of the caller's. The error is a sentence.
  static Result<ChildProcess, std::string> Start(
      const std::vector<std::string>& argv, const std::string& folder,
      int output);

  ChildProcess(ChildProcess&&) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  // As Stop().
  ~ChildProcess();

  pid_t pid() const { return pid_; }
  // Waits up to so long for its end. The exit status, or minus the number of
  // the signal that ended it; nothing while it runs.
  std::optional<int> Wait(Duration limit);
  // SIGTERM, and after kPatience SIGKILL. Blocks until it has ended.
  void Stop();

  static constexpr std::chrono::seconds kPatience{12};

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}

  pid_t pid_ = -1;  // -1: moved from
  std::optional<int> status_;
};

}  // namespace danegate
