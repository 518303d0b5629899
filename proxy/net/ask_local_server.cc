// The asking side of local_server.h, with plain sockets: a command has no loop.
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "proxy/net/local_address.h"
#include "proxy/net/local_server.h"

namespace danegate {
namespace {

// Closes it.
struct Socket {
  explicit Socket(int number) : fd(number) {}
  ~Socket() {
    if (fd >= 0) ::close(fd);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int fd;
};

std::string WhyNotConnected(const std::string& path, int error) {
  const std::string what = "'" + path + "': " + std::strerror(error);
  switch (error) {
    case ENOENT:
    case ECONNREFUSED:
      return what + "; no danegate listens there: see `control` in its file";
    case EACCES:
      return what + "; only the user that danegate runs as, and root, may ask";
    default:
      return what;
  }
}

constexpr std::size_t kMaxAnswer = 64 * 1024 * 1024;

std::string Silent(const std::string& path, std::chrono::seconds patience) {
  return "'" + path + "': no answer within " +
         std::to_string(patience.count()) +
         " s; the process there hangs, is stopped, or is no danegate";
}

std::string CutOff(const std::string& path) {
  return "'" + path +
         "': the question was ended without an answer; danegate is ending, or "
         "has as many questions as it takes: try again";
}

// Waits until something can be read; false once the time is over.
bool WaitToRead(int fd, std::chrono::steady_clock::time_point end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(
      end - std::chrono::steady_clock::now());
  pollfd wanted{fd, POLLIN, 0};
  return left.count() > 0 &&
         ::poll(&wanted, 1, static_cast<int>(left.count())) > 0;
}

Result<std::string, std::string> ReadAll(int fd, const std::string& path,
                                         std::chrono::seconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  std::string text;
  std::array<char, 64 * 1024> buffer;
  while (text.size() < kMaxAnswer) {
    if (!WaitToRead(fd, end)) return Failure(Silent(path, patience));
    const auto count = ::read(fd, buffer.data(), buffer.size());
    if (count == 0) break;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failure(CutOff(path));
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  if (!text.empty()) return text;
  return Failure(CutOff(path));
}

}  // namespace

Result<std::string, std::string> AskLocalServer(const std::string& path,
                                                const std::string& line,
                                                std::chrono::seconds patience) {
  const auto address = ToLocalAddress(path);
  if (!address) return Failure(address.error());
  const Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval limit{patience.count(), 0};
  ::setsockopt(socket.fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (::connect(socket.fd, Generic(*address), sizeof *address) != 0) {
    return Failure(errno == EAGAIN ? Silent(path, patience)
                                   : WhyNotConnected(path, errno));
  }
  const std::string question = line + "\n";
  const auto sent =
      ::send(socket.fd, question.data(), question.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(question.size())) {
    return Failure(errno == EAGAIN ? Silent(path, patience) : CutOff(path));
  }
  return ReadAll(socket.fd, path, patience);
}

}  // namespace danegate
