#include "proxy/net/local_server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <utility>

#include "proxy/net/acceptor.h"
#include "proxy/net/local_address.h"
#include "proxy/net/loop.h"
#include "verifier/check.h"

namespace danegate {
namespace {

constexpr int kBacklog = 16;

std::string Failed(const std::string& path, int error) {
  return "'" + path + "': " + std::strerror(error);
}

// A socket that nobody listens on goes; empty if nothing is left there.
std::string WhyNotFree(const std::string& path, const sockaddr_un& address) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return "";
  if (!S_ISSOCK(found.st_mode)) {
    return "'" + path +
           "': expected a free name; found a file that is no "
           "socket";
  }
  const int fd =
      ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return Failed(path, errno);
  const int failed =
      ::connect(fd, Generic(address), sizeof address) == 0 ? 0 : errno;
  ::close(fd);
  // EAGAIN: it listens, and has much to do.
  if (failed == 0 || failed == EAGAIN) {
    return "'" + path + "': another process answers there";
  }
  if (failed != ECONNREFUSED) return Failed(path, failed);
  return ::unlink(path.c_str()) == 0 ? "" : Failed(path, errno);
}

}  // namespace

struct LocalServer::Handle {
  struct Connection {
    void Start();
    void OnRead(ssize_t count);
    void Answer(std::string text);
    void Close();

    uv_pipe_t pipe;
    uv_timer_t timer;
    Handle* server;  // null once the server is gone
    std::uint64_t id;
    std::string line;
    bool asked = false;
    std::string answer;
    uv_write_t write;
    std::array<char, 512> buffer;
  };

  Handle(Loop& on, int file, std::string at, OnLine on_line);
  ~Handle();
  void Take(int file);

  Loop& loop;
  const std::string path;
  const OnLine on_line;
  struct stat made {};  // the socket that we made
  std::uint64_t next_id = 1;
  std::map<std::uint64_t, Connection*> connections;
  Acceptor acceptor;
};

// Who cannot be taken waits, or is told by AskLocalServer() that it hangs.
LocalServer::Handle::Handle(Loop& on, int file, std::string at, OnLine answer)
    : loop(on),
      path(std::move(at)),
      on_line(std::move(answer)),
      acceptor(
          loop, file,
          [this](int taken, const sockaddr_storage&) { Take(taken); },
          nullptr) {
  ::lstat(path.c_str(), &made);
}

void LocalServer::Handle::Take(int file) {
  auto* connection = new Connection;
  connection->server = this;
  connection->id = next_id++;
  DANEGATE_CHECK(uv_pipe_init(loop.get(), &connection->pipe, 0) == 0);
  DANEGATE_CHECK(uv_timer_init(loop.get(), &connection->timer) == 0);
  connection->pipe.data = connection->timer.data = connection;
  DANEGATE_CHECK(uv_pipe_open(&connection->pipe, file) == 0);
  connections.emplace(connection->id, connection);
  if (connections.size() > kMaxConnections) return connection->Close();
  connection->Start();
}

void LocalServer::Handle::Connection::Start() {
  uv_timer_start(
      &timer,
      [](uv_timer_t* uv) { static_cast<Connection*>(uv->data)->Close(); },
      std::chrono::milliseconds(kTimeLimit).count(), 0);
  uv_read_start(
      reinterpret_cast<uv_stream_t*>(&pipe),
      [](uv_handle_t* uv, std::size_t, uv_buf_t* into) {
        auto& buffer = static_cast<Connection*>(uv->data)->buffer;
        *into =
            uv_buf_init(buffer.data(), static_cast<unsigned>(buffer.size()));
      },
      [](uv_stream_t* uv, ssize_t count, const uv_buf_t*) {
        static_cast<Connection*>(uv->data)->OnRead(count);
      });
}

// What follows the first line is not read.
void LocalServer::Handle::Connection::OnRead(ssize_t count) {
  if (count == UV_EOF && asked) {  // it has said all, and listens
    uv_read_stop(reinterpret_cast<uv_stream_t*>(&pipe));
    return;
  }
  if (count < 0) return Close();
  if (asked || server == nullptr) return;
  line.append(buffer.data(), static_cast<std::size_t>(count));
  const auto end = line.find('\n');
  if (end == std::string::npos) {
    if (line.size() > kMaxLine) Close();
    return;
  }
  asked = true;
  line.resize(end);
  server->on_line(id, line);
}

void LocalServer::Handle::Connection::Answer(std::string text) {
  answer = std::move(text);
  const uv_buf_t octets =
      uv_buf_init(answer.data(), static_cast<unsigned>(answer.size()));
  write.data = this;
  const int status = uv_write(&write, reinterpret_cast<uv_stream_t*>(&pipe),
                              &octets, 1, [](uv_write_t* done, int) {
                                static_cast<Connection*>(done->data)->Close();
                              });
  if (status < 0) Close();
}

void LocalServer::Handle::Connection::Close() {
  auto* uv = reinterpret_cast<uv_handle_t*>(&pipe);
  if (server != nullptr) server->connections.erase(id);
  server = nullptr;
  if (uv_is_closing(uv) != 0) return;
  uv_close(uv, [](uv_handle_t* closed) {
    auto* connection = static_cast<Connection*>(closed->data);
    uv_close(
        reinterpret_cast<uv_handle_t*>(&connection->timer),
        [](uv_handle_t* last) { delete static_cast<Connection*>(last->data); });
  });
}

// What another process has put there meanwhile stays.
LocalServer::Handle::~Handle() {
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0 && found.st_dev == made.st_dev &&
      found.st_ino == made.st_ino) {
    ::unlink(path.c_str());
  }
  while (!connections.empty()) connections.begin()->second->Close();
}

Result<std::unique_ptr<LocalServer>, std::string> LocalServer::Open(
    Loop& loop, const std::string& path, OnLine on_line) {
  const auto address = ToLocalAddress(path);
  if (!address) return Failure(address.error());
  if (auto why = WhyNotFree(path, *address); !why.empty()) return Failure(why);
  const int fd =
      ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  // E8: nobody can connect before it listens, and then the mode is right.
  const bool listens = fd >= 0 &&
                       ::bind(fd, Generic(*address), sizeof *address) == 0 &&
                       ::chmod(path.c_str(), S_IRUSR | S_IWUSR) == 0 &&
                       ::listen(fd, kBacklog) == 0;
  if (!listens) {
    const int error = errno;
    if (fd >= 0) ::close(fd);
    return Failure(Failed(path, error));
  }
  return std::unique_ptr<LocalServer>(new LocalServer(
      std::make_unique<Handle>(loop, fd, path, std::move(on_line))));
}

LocalServer::LocalServer(std::unique_ptr<Handle> handle)
    : handle_(std::move(handle)) {}

LocalServer::~LocalServer() = default;

void LocalServer::Answer(std::uint64_t connection, std::string text) {
  const auto found = handle_->connections.find(connection);
  if (found != handle_->connections.end()) {
    found->second->Answer(std::move(text));
  }
}

}  // namespace danegate
