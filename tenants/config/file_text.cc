#include "tenants/config/file_text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>

#include "tenants/config/config_error.h"

namespace danegate {
namespace {

class Descriptor {
 public:
  // Never waits: the path may be a pipe.
  Descriptor(const std::string& path, int how)
      : number_(::open(path.c_str(), how | O_CLOEXEC | O_NONBLOCK)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return number_; }

 private:
  int number_;
};

const char* RemedyOf(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return "put the file there, or mend the path";
    case EACCES:
    case EPERM:
      return "let the edge's user read it (chown, chmod)";
    case ELOOP:
      return "mend the symbolic links, which lead in a circle";
    case ENAMETOOLONG:
      return "choose a shorter path";
    case EMFILE:
      return "raise the limit of open files (LimitNOFILE, ulimit -n)";
    case ENFILE:
      return "raise the system's limit of open files (fs.file-max)";
    case EIO:
    case ESTALE:
      return "look whether its disk or network share works (dmesg)";
    default:
      return "look whether cat, as the edge's user, can read it";
  }
}

std::string SystemMistake(const std::string& path) {
  const int why = errno;
  return "cannot read " + InQuotes(path) + ": " +
         std::generic_category().message(why) + "; " + RemedyOf(why);
}

std::string Octal(mode_t mode) {
  char text[8];
  std::snprintf(text, sizeof text, "%04o", mode & 07777U);
  return text;
}

// Whether nothing of it would be left out in its normal form.
bool IsAbsoluteAndNormal(const std::string& path) {
  return path.starts_with('/') && path.find("//") == std::string::npos &&
         path.find("/./") == std::string::npos &&
         path.find("/../") == std::string::npos;
}

bool IsPlainName(const std::string& path) {
  return !path.empty() && path != "." && path != ".." &&
         path.find('/') == std::string::npos;
}

std::optional<std::string> StatusMistake(const std::string& path,
                                         const struct stat& status,
                                         std::size_t most, Secrecy secrecy) {
  if (!S_ISREG(status.st_mode)) {
    return "expected a file; " + InQuotes(path) +
           (S_ISDIR(status.st_mode) ? " is a folder" : " is a device or pipe") +
           "; name a file";
  }
  if (static_cast<std::size_t>(status.st_size) > most) {
    return "expected at most " + std::to_string(most) + " octets in " +
           InQuotes(path) + "; found " + std::to_string(status.st_size) +
           "; look whether it is the right file";
  }
  if (secrecy == Secrecy::kOwnerOnly && (status.st_mode & 077U) != 0) {
    return "expected a file that only its owner can read; " + InQuotes(path) +
           " has mode " + Octal(status.st_mode) + "; run chmod 600 on it";
  }
  return std::nullopt;
}

}  // namespace

Result<std::string, std::string> ReadWholeFile(const std::string& path,
                                               std::size_t most,
                                               Secrecy secrecy) {
  const Descriptor file(path, O_RDONLY);
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
    return Failure(SystemMistake(path));
  }
  if (auto mistake = StatusMistake(path, status, most, secrecy)) {
    return Failure(*std::move(mistake));
  }
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t got =
        ::read(file.get(), text.data() + filled, text.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failure(SystemMistake(path));
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  text.resize(filled);
  return text;
}

std::string WhyNotAppendable(const std::string& path) {
  const Descriptor file(path, O_WRONLY | O_APPEND);
  if (file.get() >= 0) return {};
  const auto folder = std::filesystem::path(path).parent_path();
  if (errno == ENOENT) {  // it will be made
    if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) == 0) {
      return {};
    }
    if (errno == ENOENT) {
      return "expected a file in a folder that is there; " +
             InQuotes(folder.string()) +
             " is not; make it, for the edge's user to write";
    }
  }
  return "cannot append to " + InQuotes(path) + ": " +
         std::generic_category().message(errno) +
         "; give a file that the edge's user may write, or \"\" for standard "
         "output";
}

std::string WhyNoSocketPath(const std::string& path) {
  constexpr std::size_t kMost = sizeof(sockaddr_un::sun_path) - 1;
  if (path.size() > kMost) {
    return "expected a path of at most " + std::to_string(kMost) +
           " octets; found " + InQuotes(path) + "; choose a shorter one";
  }
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0 && !S_ISSOCK(status.st_mode)) {
    return "expected a name for a socket; " + InQuotes(path) +
           " is something else; choose another name";
  }
  const auto folder = std::filesystem::path(path).parent_path();
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) == 0) {
    return {};
  }
  return "cannot make a socket in " + InQuotes(folder.string()) + ": " +
         std::generic_category().message(errno) +
         "; give a folder that the edge's user may write";
}

std::string PathBeside(const std::string& file, const std::string& path) {
  // Most are plain names, and there may be some for each of many tenants.
  if (IsAbsoluteAndNormal(file) && IsPlainName(path)) {
    const std::size_t folder = file.rfind('/') + 1;
    std::string beside;  // many are kept: no octet more than needed
    beside.reserve(folder + path.size());
    return beside.append(file, 0, folder).append(path);
  }
  const auto folder = std::filesystem::absolute(file).parent_path();
  return (folder / path).lexically_normal().string();
}

}  // namespace danegate
