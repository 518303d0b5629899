#include "bench/load/process/child_process.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>

#include "bench/load/process/program.h"

namespace danegate {
namespace {

using std::chrono::seconds;

std::optional<ChildProcess> Shell(const std::string& script) {
  auto child =
      ChildProcess::Start({"/bin/sh", "-c", script}, "/", STDERR_FILENO);
  if (!child) return std::nullopt;
  return *std::move(child);
}

TEST(ChildProcess, TellsTheStatusAndTheSignalThatItEndedWith) {
  auto ended = Shell("exit 7");
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->Wait(seconds{10}), 7);
  EXPECT_EQ(ended->Wait(seconds{10}), 7) << "asked again";
  auto killed = Shell("kill -9 $$");
  ASSERT_TRUE(killed);
  EXPECT_EQ(killed->Wait(seconds{10}), -SIGKILL);
}

TEST(ChildProcess, RunsUntilItIsStopped) {
  auto child = Shell("exec tail -f /dev/null");
  ASSERT_TRUE(child);
  EXPECT_EQ(child->Wait(Duration{0}), std::nullopt);
  child->Stop();
  EXPECT_EQ(child->Wait(Duration{0}), -SIGTERM);
}

TEST(ChildProcess, EndsWithTheObjectAndLeavesNoZombie) {
  pid_t pid = 0;
  {
    auto child = Shell("exec tail -f /dev/null");
    ASSERT_TRUE(child);
    pid = child->pid();
  }
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(ChildProcess, SaysWhyItCouldNotBeStarted) {
  const auto child =
      ChildProcess::Start({"/nowhere/program"}, "/", STDERR_FILENO);
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error(),
            "/nowhere/program: could not be started: No such file or "
            "directory");
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "no child is left";
}

TEST(RunProgram, GivesWhatWasWritten) {
  const auto done =
      RunProgram({"/bin/sh", "-c", "pwd; echo more >&2"}, "/usr", seconds{10});
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(*done, "/usr\nmore\n");
}

TEST(RunProgram, FailsWithTheCommandAndWhatItSaid) {
  const auto done =
      RunProgram({"/bin/sh", "-c", "echo no; exit 3"}, "/", seconds{10});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error(), "/bin/sh -c echo no; exit 3: status 3: no\n");
}

TEST(RunProgram, DoesNotWaitForEver) {
  const auto done = RunProgram({"/bin/sh", "-c", "exec tail -f /dev/null"}, "/",
                               std::chrono::milliseconds{20});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error(),
            "/bin/sh -c exec tail -f /dev/null: it took too long: ");
}

TEST(FindProgram, NamesThePackageOfWhatIsNotThere) {
  const auto shell = FindProgram("sh", "dash");
  ASSERT_TRUE(shell) << shell.error();
  EXPECT_EQ(::access(shell->c_str(), X_OK), 0) << *shell;
  const auto found = FindProgram("no-such-program", "its-package");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error(),
            "no-such-program: not found; it is in Debian's package "
            "its-package: deploy/setup demo installs it");
}

}  // namespace
}  // namespace danegate
