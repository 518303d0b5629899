#include "proxy/net/acceptor.h"

#include <unistd.h>
#include <uv.h>

#include <cerrno>
#include <utility>

#include "proxy/net/loop.h"
#include "verifier/check.h"

namespace danegate {

struct Acceptor::Handle {
  void Poll();
  void TakeWaiting();
  // False if there is none, or none can be taken now.
  bool TakeOne();
  void Rest(int error);

  uv_poll_t poll;
  uv_timer_t rest;
  int file;
  OnTaken on_taken;
  OnExhausted on_exhausted;
  bool accepting = true;
  bool over = false;       // the acceptor is gone
  bool exhausted = false;  // told, and nothing taken since
};

void Acceptor::Handle::Poll() {
  uv_poll_start(&poll, UV_READABLE, [](uv_poll_t* uv, int, int) {
    static_cast<Handle*>(uv->data)->TakeWaiting();
  });
}

void Acceptor::Handle::TakeWaiting() {
  for (int i = 0; i < kMaxPerTurn && accepting && !over; ++i) {
    if (!TakeOne()) return;
  }
}

bool Acceptor::Handle::TakeOne() {
  sockaddr_storage peer{};
  socklen_t length = sizeof peer;
  const int taken = ::accept4(file, reinterpret_cast<sockaddr*>(&peer), &length,
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
  on_taken(taken, peer);
  return true;
}

// Polling on would turn the loop in vain.
void Acceptor::Handle::Rest(int error) {
  uv_poll_stop(&poll);
  uv_timer_start(
      &rest,
      [](uv_timer_t* timer) {
        auto* handle = static_cast<Handle*>(timer->data);
        if (handle->accepting) handle->Poll();
      },
      kRest.count(), 0);
  if (!std::exchange(exhausted, true) && on_exhausted) on_exhausted(error);
}

Acceptor::Acceptor(Loop& loop, int file, OnTaken on_taken,
                   OnExhausted on_exhausted)
    : handle_(new Handle{
          {}, {}, file, std::move(on_taken), std::move(on_exhausted)}) {
  DANEGATE_CHECK(uv_timer_init(loop.get(), &handle_->rest) == 0);
  DANEGATE_CHECK(uv_poll_init(loop.get(), &handle_->poll, file) == 0);
  handle_->poll.data = handle_->rest.data = handle_;
  handle_->Poll();
}

Acceptor::~Acceptor() {
  handle_->over = true;
  uv_timer_stop(&handle_->rest);
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->poll), [](uv_handle_t* uv) {
    auto* handle = static_cast<Handle*>(uv->data);
    uv_close(
        reinterpret_cast<uv_handle_t*>(&handle->rest),
        [](uv_handle_t* last) { delete static_cast<Handle*>(last->data); });
  });
  ::close(handle_->file);  // which libuv does not look at any more
}

void Acceptor::SetAccepting(bool accepting) {
  if (handle_->accepting == accepting) return;
  handle_->accepting = accepting;
  if (accepting) return handle_->Poll();
  uv_poll_stop(&handle_->poll);
}

}  // namespace danegate
