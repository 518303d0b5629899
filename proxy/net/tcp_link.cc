#include "proxy/net/tcp_link.h"

#include <sys/socket.h>
#include <uv.h>

#include <array>

#include "proxy/net/loop.h"
#include "proxy/net/tcp_handle.h"
#include "verifier/check.h"

namespace danegate {
namespace {

// One read buffer a thread: its bytes are consumed before the next read.
thread_local std::array<std::byte, TcpLink::kReadSize> read_buffer;

}  // namespace

TcpLink::Handle::Handle(Loop& loop) {
  DANEGATE_CHECK(uv_tcp_init(loop.get(), &tcp) == 0);
  DANEGATE_CHECK(uv_timer_init(loop.get(), &linger) == 0);
  tcp.data = linger.data = this;
}

const SocketAddress* TcpLink::Handle::Local() {
  if (local) return &*local;
  sockaddr_storage storage{};
  int length = sizeof storage;
  if (uv_tcp_getsockname(&tcp, reinterpret_cast<sockaddr*>(&storage),
                         &length) != 0) {
    return nullptr;
  }
  local = SocketAddress::From(storage);
  return &*local;
}

void TcpLink::Handle::SetRemote(const SocketAddress& address) {
  remote = address;
  remote_text = address.ToString();
}

void TcpLink::Handle::StartReading() {
  if (closed || reading) return;
  reading = true;
  if (connected) Poll();
}

void TcpLink::Handle::Poll() {
  uv_read_start(
      reinterpret_cast<uv_stream_t*>(&tcp),
      [](uv_handle_t*, std::size_t, uv_buf_t* buffer) {
        *buffer = uv_buf_init(reinterpret_cast<char*>(read_buffer.data()),
                              read_buffer.size());
      },
      [](uv_stream_t* stream, ssize_t count, const uv_buf_t*) {
        static_cast<Handle*>(stream->data)->OnReadResult(count);
      });
}

void TcpLink::Handle::OnReadResult(std::ptrdiff_t count) {
  if (count == UV_EOF && lingering && writing) {
    // It says no more, and may still hear our last words.
    uv_read_stop(reinterpret_cast<uv_stream_t*>(&tcp));
    reading = false;
    return;
  }
  if (count < 0) {
    return Close(count == UV_EOF ? "" : uv_strerror(static_cast<int>(count)));
  }
  if (count == 0 || owner == nullptr) return;
  owner->OnBytes(std::span(read_buffer).first(static_cast<std::size_t>(count)));
}

void TcpLink::Handle::Close(const std::string& error) {
  if (closed) return;
  closed = true;
  uv_read_stop(reinterpret_cast<uv_stream_t*>(&tcp));
  reading = false;
  queued.clear();
  if (owner != nullptr) owner->OnLinkClosed(error);
  if (lingering) CloseAndDelete();
}

void TcpLink::Handle::Flush() {
  if (writing || queued.empty() || !connected || closed) return;
  writing = true;
  in_flight.swap(queued);
  const uv_buf_t buffer = uv_buf_init(reinterpret_cast<char*>(in_flight.data()),
                                      static_cast<unsigned>(in_flight.size()));
  const int status =
      uv_write(&write_request, reinterpret_cast<uv_stream_t*>(&tcp), &buffer, 1,
               [](uv_write_t* request, int result) {
                 static_cast<Handle*>(request->handle->data)->OnWritten(result);
               });
  DANEGATE_CHECK(status == 0);  // only a use after Shutdown() is refused
}

void TcpLink::Handle::CloseAndDelete() {
  auto* uv = reinterpret_cast<uv_handle_t*>(&tcp);
  if (uv_is_closing(uv) != 0) return;
  uv_close(uv, [](uv_handle_t* stream) {
    auto* timer = &static_cast<Handle*>(stream->data)->linger;
    uv_close(reinterpret_cast<uv_handle_t*>(timer), [](uv_handle_t* last) {
      delete static_cast<Handle*>(last->data);
    });
  });
}

// Everything queued has gone before, so libuv has nothing to wait for, and need
// not be asked.
void TcpLink::Handle::Shutdown() {
  linger_ticks = 0;
  uv_os_fd_t socket;
  if (uv_fileno(reinterpret_cast<uv_handle_t*>(&tcp), &socket) == 0) {
    ::shutdown(socket, SHUT_WR);
  }
}

void TcpLink::Handle::Release() {
  owner = nullptr;
  if (closed || !connected) return CloseAndDelete();
  lingering = true;
  Flush();
  StartReading();
  if (!writing) Shutdown();
  uv_timer_start(
      &linger,
      [](uv_timer_t* timer) {
        static_cast<Handle*>(timer->data)->OnLingerTick();
      },
      kLingerMs, kLingerMs);
}

// What was taken for a slow reader gets more time than what is said to nobody.
void TcpLink::Handle::OnLingerTick() {
  if (++linger_ticks >= (writing ? kMaxLingerTicks : 1)) CloseAndDelete();
}

Result<std::unique_ptr<TcpLink>, std::string> TcpLink::Connect(
    Loop& loop, LinkOwner& owner, const SocketAddress& address) {
  auto* handle = new Handle(loop);
  handle->owner = &owner;
  std::unique_ptr<TcpLink> link(new TcpLink(handle));
  handle->SetRemote(address);
  uv_tcp_nodelay(&handle->tcp, 1);
  uv_tcp_keepalive(&handle->tcp, 1, Handle::kKeepAliveSeconds);
  const int failed = uv_tcp_connect(
      &handle->connect_request, &handle->tcp, address.get(),
      [](uv_connect_t* request, int status) {
        static_cast<Handle*>(request->handle->data)->OnConnectResult(status);
      });
  if (failed < 0) return Failure(std::string(uv_strerror(failed)));
  return link;
}

void TcpLink::Handle::OnConnectResult(int status) {
  if (status < 0) return Close(uv_strerror(status));
  connected = true;
  Flush();
  if (reading) Poll();
  if (owner != nullptr) owner->OnConnected();
}

void TcpLink::Handle::OnWritten(int status) {
  writing = false;
  std::vector<std::byte>().swap(in_flight);  // an idle link holds no buffers
  if (status < 0) return Close(uv_strerror(status));
  Flush();
  if (writing) return;
  if (lingering) return reading ? Shutdown() : CloseAndDelete();
  if (owner != nullptr) owner->OnDrained();
}

TcpLink::~TcpLink() { handle_->Release(); }

namespace {

// Every TCP handle of a loop is a link's.
template <typename Visit>
void VisitLinks(Loop& loop, Visit visit) {
  uv_walk(
      loop.get(),
      [](uv_handle_t* uv, void* visitor) {
        if (uv->type == UV_TCP) (*static_cast<Visit*>(visitor))(uv->data);
      },
      &visit);
}

}  // namespace

bool TcpLink::IsAnyLingering(Loop& loop) {
  bool any = false;
  VisitLinks(loop, [&any](void* data) {
    any |= static_cast<const Handle*>(data)->lingering;
  });
  return any;
}

void TcpLink::CutOffLingering(Loop& loop) {
  VisitLinks(loop, [](void* data) {
    auto* handle = static_cast<Handle*>(data);
    if (handle->lingering) handle->CloseAndDelete();
  });
}

void TcpLink::Resume() { handle_->StartReading(); }

void TcpLink::Pause() {
  if (!handle_->reading) return;
  handle_->reading = false;
  uv_read_stop(reinterpret_cast<uv_stream_t*>(&handle_->tcp));
}

bool TcpLink::paused() const { return !handle_->reading; }

void TcpLink::Write(std::span<const std::byte> bytes) {
  if (handle_->closed || bytes.empty()) return;
  if (handle_->connected && !handle_->writing && handle_->queued.empty()) {
    const uv_buf_t buffer = uv_buf_init(
        reinterpret_cast<char*>(const_cast<std::byte*>(bytes.data())),
        static_cast<unsigned>(bytes.size()));
    const int taken =
        uv_try_write(reinterpret_cast<uv_stream_t*>(&handle_->tcp), &buffer, 1);
    if (taken > 0) bytes = bytes.subspan(static_cast<std::size_t>(taken));
  }
  handle_->queued.insert(handle_->queued.end(), bytes.begin(), bytes.end());
  handle_->Flush();
}

std::size_t TcpLink::unsent() const {
  return handle_->queued.size() +
         uv_stream_get_write_queue_size(
             reinterpret_cast<const uv_stream_t*>(&handle_->tcp));
}

const std::string& TcpLink::remote() const { return handle_->remote_text; }
const SocketAddress* TcpLink::remote_address() const {
  return handle_->remote ? &*handle_->remote : nullptr;
}
const SocketAddress* TcpLink::local_address() const { return handle_->Local(); }

}  // namespace danegate
