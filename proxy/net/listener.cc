#include "proxy/net/listener.h"

#include <netinet/in.h>
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

// A bound socket that shares its port with the other shards'; -1 and errno.
int BindShared(const SocketAddress& address) {
  const int fd =
      ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
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
  void AcceptWaiting();

  uv_tcp_t tcp;
  Loop* loop;
  SocketAddress address;
  OnAccept on_accept;
  bool accepting = true;
  bool waiting = false;  // libuv holds a connection that we have not taken
};

// libuv holds one accepted connection and stops polling until we take it.
void Listener::Handle::AcceptWaiting() {
  while (waiting && accepting && on_accept) {
    waiting = false;
    auto* accepted = new TcpLink::Handle(*loop);
    std::unique_ptr<TcpLink> link(new TcpLink(accepted));
    if (uv_accept(reinterpret_cast<uv_stream_t*>(&tcp),
                  reinterpret_cast<uv_stream_t*>(&accepted->tcp)) != 0) {
      return;
    }
    accepted->connected = true;
    accepted->FillAddresses();
    accepted->SetOptions();
    on_accept(std::move(link));
  }
}

Result<std::unique_ptr<Listener>, std::string> Listener::Open(
    Loop& loop, const SocketAddress& address, OnAccept on_accept) {
  const int fd = BindShared(address);
  if (fd < 0) return Failure(Failed(address, errno));
  auto* handle =
      new Handle{{}, &loop, address, std::move(on_accept), true, false};
  std::unique_ptr<Listener> listener(new Listener(handle));
  DANEGATE_CHECK(uv_tcp_init(loop.get(), &handle->tcp) == 0);
  handle->tcp.data = handle;
  DANEGATE_CHECK(uv_tcp_open(&handle->tcp, fd) == 0);
  const int status = uv_listen(reinterpret_cast<uv_stream_t*>(&handle->tcp),
                               kBacklog, [](uv_stream_t* stream, int failed) {
                                 auto* listening =
                                     static_cast<Handle*>(stream->data);
                                 listening->waiting = failed == 0;
                                 listening->AcceptWaiting();
                               });
  if (status < 0) return Failure(Failed(address, -status));
  sockaddr_storage bound{};
  int length = sizeof bound;
  uv_tcp_getsockname(&handle->tcp, reinterpret_cast<sockaddr*>(&bound),
                     &length);
  handle->address = SocketAddress::From(bound);
  return listener;
}

Listener::~Listener() {
  handle_->on_accept = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->tcp),
           [](uv_handle_t* uv) { delete static_cast<Handle*>(uv->data); });
}

void Listener::SetAccepting(bool accepting) {
  handle_->accepting = accepting;
  handle_->AcceptWaiting();
}

void Listener::Adopt(TcpLink& link, LinkOwner& owner) {
  link.handle_->owner = &owner;
}

const SocketAddress& Listener::address() const { return handle_->address; }

}  // namespace danegate
