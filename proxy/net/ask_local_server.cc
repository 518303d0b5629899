// The asking side of local_server.h, with plain sockets: a command has no loop.
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

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

Result<std::string, std::string> ReadAll(int fd, const std::string& path) {
  std::string text;
  std::array<char, 64 * 1024> buffer;
  while (true) {
    const auto count = ::read(fd, buffer.data(), buffer.size());
    if (count == 0) break;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failure("'" + path + "': " + std::strerror(errno));
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  if (!text.empty()) return text;
  return Failure("'" + path + "': no answer came");
}

}  // namespace

Result<std::string, std::string> AskLocalServer(const std::string& path,
                                                const std::string& line) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return Failure("'" + path + "': expected the path of a socket");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  const Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval patience{(LocalServer::kTimeLimit * 2).count(), 0};
  ::setsockopt(socket.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket.fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (::connect(socket.fd, reinterpret_cast<const sockaddr*>(&address),
                sizeof address) != 0) {
    return Failure(WhyNotConnected(path, errno));
  }
  const std::string question = line + "\n";
  const auto sent =
      ::send(socket.fd, question.data(), question.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(question.size())) {
    return Failure("'" + path + "': " + std::strerror(errno));
  }
  return ReadAll(socket.fd, path);
}

}  // namespace danegate
