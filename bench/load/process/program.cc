#include "bench/load/process/program.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "bench/load/process/child_process.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

// A file in memory that is closed with the object.
class Output {
 public:
  Output() : file_(::memfd_create("output", MFD_CLOEXEC)) {}
  ~Output() {
    if (file_ >= 0) ::close(file_);
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  int file() const { return file_; }

  std::string Text() const {
    std::string text;
    char part[4096];
    ssize_t count = 0;
    while ((count = ::pread(file_, part, sizeof part,
                            static_cast<off_t>(text.size()))) > 0) {
      text.append(part, static_cast<std::size_t>(count));
    }
    return text;
  }

 private:
  const int file_;
};

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text.push_back(' ');
    text += word;
  }
  return text;
}

}  // namespace

Result<std::string, std::string> FindProgram(const std::string& name,
                                             const std::string& package) {
  const char* const path = std::getenv("PATH");
  const std::string all =
      (path != nullptr ? std::string(path) + ":" : "") + "/usr/sbin:/sbin";
  std::string_view rest = all;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const std::string found = std::string(rest.substr(0, end)) + "/" + name;
    if (end > 0 && ::access(found.c_str(), X_OK) == 0) return found;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return Failure(name + ": not found; it is in Debian's package " + package +
                 ": deploy/setup demo installs it");
}

Result<std::string, std::string> RunProgram(
    const std::vector<std::string>& argv, const std::string& folder,
    Duration limit) {
  const Output output;
  auto child = ChildProcess::Start(argv, folder, output.file());
  if (!child) return Failure(child.error());
  const Instant until = ReadNow().monotonic + limit;
  std::optional<int> status;
  while (!status && ReadNow().monotonic < until) {
    status = child->Wait(until - ReadNow().monotonic);
  }
  if (status == 0) return output.Text();
  const std::string why = status ? "status " + std::to_string(*status)
                                 : std::string("it took too long");
  return Failure(Joined(argv) + ": " + why + ": " + output.Text());
}

}  // namespace danegate
