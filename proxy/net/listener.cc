#include "proxy/net/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "proxy/net/loop.h"
#include "proxy/net/tcp_handle.h"
#include "verifier/check.h"

namespace danegate {
namespace {

constexpr int kBacklog = 1024;

std::string Failed(const SocketAddress& address, int error) {
  return "cannot listen on " + address.ToString() + ": " + std::strerror(error);
}

// A bound socket; `shared` with others that say so too. -1 and errno.
int Bind(const SocketAddress& address, bool shared) {
  const int fd =
      ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (shared) ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (address.family() == AF_INET6) {
    // So that 0.0.0.0 and [::] can be listened on side by side.
    ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  }
  if (::bind(fd, address.get(), address.length()) == 0) return fd;
  const int error = errno;
  ::close(fd);
  errno = error;
  return -1;
}

}  // namespace

struct Listener::Handle {
  void SetOptions();
  void Poll();
  void AcceptWaiting();
  // Takes one connection; false if there is none, or none can be taken now.
  bool AcceptOne();
  void Rest(int error);

  // Connections that are taken before the streams at hand have their turn.
  static constexpr int kMaxPerTurn = 64;
  // How long we rest when the process has no file left.
  static constexpr std::uint64_t kRestMs = 100;

  uv_poll_t poll;
  uv_timer_t rest;
  int fd;
  Loop* loop;
  SocketAddress address;
  OnAccept on_accept;
  OnExhausted on_exhausted;
  bool accepting = true;
  bool exhausted = false;  // told, and nothing accepted since
};

// What is accepted inherits them, at no cost.
void Listener::Handle::SetOptions() {
  const auto set = [this](int level, int option, int value) {
    ::setsockopt(fd, level, option, &value, sizeof value);
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, TcpLink::Handle::kKeepAliveSeconds);
  set(IPPROTO_TCP, TCP_KEEPINTVL, TcpLink::Handle::kKeepAliveInterval);
  set(IPPROTO_TCP, TCP_KEEPCNT, TcpLink::Handle::kKeepAliveProbes);
}

void Listener::Handle::Poll() {
  uv_poll_start(&poll, UV_READABLE, [](uv_poll_t* uv, int, int) {
    static_cast<Handle*>(uv->data)->AcceptWaiting();
  });
}

void Listener::Handle::AcceptWaiting() {
  for (int i = 0; i < kMaxPerTurn && accepting && on_accept; ++i) {
    if (!AcceptOne()) return;
  }
}

bool Listener::Handle::AcceptOne() {
  sockaddr_storage peer{};
  socklen_t length = sizeof peer;
  const int taken = ::accept4(fd, reinterpret_cast<sockaddr*>(&peer), &length,
                              SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (taken < 0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
        errno == ENOMEM) {
      Rest(errno);
      return false;
    }
    return true;  // that one has gone again
  }
  exhausted = false;
  auto* accepted = new TcpLink::Handle(*loop);
  std::unique_ptr<TcpLink> link(new TcpLink(accepted));
  DANEGATE_CHECK(uv_tcp_open(&accepted->tcp, taken) == 0);
  accepted->connected = true;
  accepted->SetRemote(SocketAddress::From(peer));
  on_accept(std::move(link));
  return true;
}

// E4: what cannot be taken stays in the kernel's queue, and the streams at hand
// go on. Polling on would turn the loop in vain.
void Listener::Handle::Rest(int error) {
  uv_poll_stop(&poll);
  uv_timer_start(
      &rest,
      [](uv_timer_t* timer) {
        auto* handle = static_cast<Handle*>(timer->data);
        if (handle->accepting) handle->Poll();
      },
      kRestMs, 0);
  if (std::exchange(exhausted, true) || !on_exhausted) return;
  on_exhausted("cannot accept on " + address.ToString() + ": " +
               std::strerror(error));
}

Result<std::unique_ptr<Listener>, std::string> Listener::Open(
    Loop& loop, const SocketAddress& address, OnAccept on_accept,
    OnExhausted on_exhausted) {
  const int fd = Bind(address, /*shared=*/true);
  if (fd < 0) return Failure(Failed(address, errno));
  if (::listen(fd, kBacklog) != 0) {
    const int error = errno;
    ::close(fd);
    return Failure(Failed(address, error));
  }
  auto* handle = new Handle{{},
                            {},
                            fd,
                            &loop,
                            address,
                            std::move(on_accept),
                            std::move(on_exhausted)};
  std::unique_ptr<Listener> listener(new Listener(handle));
  DANEGATE_CHECK(uv_timer_init(loop.get(), &handle->rest) == 0);
  DANEGATE_CHECK(uv_poll_init(loop.get(), &handle->poll, fd) == 0);
  handle->poll.data = handle->rest.data = handle;
  handle->SetOptions();
  handle->Poll();
  sockaddr_storage bound{};
  socklen_t length = sizeof bound;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &length);
  handle->address = SocketAddress::From(bound);
  return listener;
}

std::string Listener::WhyTaken(const SocketAddress& address) {
  const int fd = Bind(address, /*shared=*/false);
  if (fd < 0) return Failed(address, errno);
  ::close(fd);
  return "";
}

Listener::~Listener() {
  handle_->on_accept = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->poll), [](uv_handle_t* uv) {
    auto* handle = static_cast<Handle*>(uv->data);
    uv_close(
        reinterpret_cast<uv_handle_t*>(&handle->rest),
        [](uv_handle_t* last) { delete static_cast<Handle*>(last->data); });
  });
  ::close(handle_->fd);  // which libuv does not look at any more
}

void Listener::SetAccepting(bool accepting) {
  if (handle_->accepting == accepting) return;
  handle_->accepting = accepting;
  if (accepting) return handle_->Poll();
  uv_poll_stop(&handle_->poll);
}

void Listener::Adopt(TcpLink& link, LinkOwner& owner) {
  link.handle_->owner = &owner;
}

const SocketAddress& Listener::address() const { return handle_->address; }

}  // namespace danegate
