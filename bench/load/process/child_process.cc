#include "bench/load/process/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <utility>

namespace danegate {
namespace {

// What the child writes into the pipe instead of becoming the program.
struct Refusal {
  int error;
};

// Only what is safe between fork and exec in a process with threads.
[[noreturn]] void Become(char* const* argv, const char* folder, int output,
                         int trouble) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  ::setpgid(0, 0);  // Ctrl-C is for us; we end the child
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (::chdir(folder) == 0 && ::dup2(nothing, STDIN_FILENO) >= 0 &&
      ::dup2(output, STDOUT_FILENO) >= 0 &&
      ::dup2(output, STDERR_FILENO) >= 0) {
    ::execv(argv[0], argv);
  }
  const Refusal refusal{errno};
  [[maybe_unused]] const auto told = ::write(trouble, &refusal, sizeof refusal);
  ::_exit(127);
}

int ToStatus(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::string WhyNot(const std::string& program, int error) {
  return program + ": could not be started: " + std::strerror(error);
}

}  // namespace

Result<ChildProcess, std::string> ChildProcess::Start(
    const std::vector<std::string>& argv, const std::string& folder,
    int output) {
  std::vector<char*> words;
  for (const std::string& word : argv) {
    words.push_back(const_cast<char*>(word.c_str()));
  }
  words.push_back(nullptr);
  int trouble[2];
  if (::pipe2(trouble, O_CLOEXEC) != 0) return Failure(WhyNot(argv[0], errno));
  const pid_t pid = ::fork();
  if (pid == 0) Become(words.data(), folder.c_str(), output, trouble[1]);
  int error = errno;
  ::close(trouble[1]);
  Refusal refusal{};
  const bool refused =
      pid > 0 && ::read(trouble[0], &refusal, sizeof refusal) > 0;
  ::close(trouble[0]);
  if (refused) {
    ::waitpid(pid, nullptr, 0);
    error = refusal.error;
  }
  if (pid < 0 || refused) return Failure(WhyNot(argv[0], error));
  return ChildProcess(pid);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), status_(other.status_) {}

ChildProcess::~ChildProcess() { Stop(); }

std::optional<int> ChildProcess::Wait(Duration limit) {
  if (status_ || pid_ < 0) return status_;
  const auto watched = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  pollfd ended{watched, POLLIN, 0};
  const auto milliseconds =
      std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  // A signal ends the wait early: whoever waits looks at the clock.
  if (watched >= 0) ::poll(&ended, 1, static_cast<int>(milliseconds));
  if (watched >= 0) ::close(watched);
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) == pid_) status_ = ToStatus(status);
  return status_;
}

void ChildProcess::Stop() {
  if (status_ || pid_ < 0 || Wait(Duration{0})) return;
  ::kill(pid_, SIGTERM);
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!status_ && std::chrono::steady_clock::now() < until) {
    Wait(until - std::chrono::steady_clock::now());
  }
  // The group is the child's own, and goes with it.
  if (!status_) {
    ::kill(-pid_, SIGKILL);
    while (!status_) Wait(std::chrono::seconds{1});
  }
}

}  // namespace danegate
