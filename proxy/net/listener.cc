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

// What is accepted inherits them, at no cost.
void SetOptions(int fd, int keep_alive_seconds, int interval, int probes) {
  const auto set = [fd](int level, int option, int value) {
    ::setsockopt(fd, level, option, &value, sizeof value);
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, keep_alive_seconds);
  set(IPPROTO_TCP, TCP_KEEPINTVL, interval);
  set(IPPROTO_TCP, TCP_KEEPCNT, probes);
}

SocketAddress BoundTo(int fd) {
  sockaddr_storage bound{};
  socklen_t length = sizeof bound;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &length);
  return SocketAddress::From(bound);
}

}  // namespace

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
  SetOptions(fd, TcpLink::Handle::kKeepAliveSeconds,
             TcpLink::Handle::kKeepAliveInterval,
             TcpLink::Handle::kKeepAliveProbes);
  return std::unique_ptr<Listener>(new Listener(
      loop, fd, BoundTo(fd), std::move(on_accept), std::move(on_exhausted)));
}

Listener::Listener(Loop& loop, int fd, const SocketAddress& address,
                   OnAccept on_accept, OnExhausted on_exhausted)
    : address_(address),
      acceptor_(
          loop, fd,
          [&loop, on_accept = std::move(on_accept)](
              int file, const sockaddr_storage& peer) {
            auto* accepted = new TcpLink::Handle(loop);
            std::unique_ptr<TcpLink> link(new TcpLink(accepted));
            DANEGATE_CHECK(uv_tcp_open(&accepted->tcp, file) == 0);
            accepted->connected = true;
            accepted->SetRemote(SocketAddress::From(peer));
            on_accept(std::move(link));
          },
          [address, on_exhausted = std::move(on_exhausted)](int error) {
            if (on_exhausted) {
              on_exhausted("cannot accept on " + address.ToString() + ": " +
                           std::strerror(error));
            }
          }) {}

std::string Listener::WhyTaken(const SocketAddress& address) {
  const int fd = Bind(address, /*shared=*/false);
  if (fd < 0) return Failed(address, errno);
  ::close(fd);
  return "";
}

void Listener::SetAccepting(bool accepting) {
  acceptor_.SetAccepting(accepting);
}

void Listener::Adopt(TcpLink& link, LinkOwner& owner) {
  link.handle_->owner = &owner;
}

}  // namespace danegate
