#include "proxy/net/loop.h"

#include <uv.h>

#include <utility>

#include "verifier/check.h"

namespace danegate {
namespace {

// Closes a handle whose owner is gone; the memory goes when libuv is done.
template <typename Handle, typename UvHandle>
void CloseAndDelete(Handle* handle, UvHandle* uv) {
  handle->call = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(uv), [](uv_handle_t* closed) {
    delete static_cast<Handle*>(closed->data);
  });
}

// A copy is called, so that the owner may be destroyed meanwhile.
void Call(const std::function<void()>& call) {
  if (const auto copy = call) copy();
}

}  // namespace

void Loop::Deleter::operator()(uv_loop_s* loop) const {
  DANEGATE_CHECK(uv_loop_close(loop) == 0);
  delete loop;
}

Loop::Loop() : loop_(new uv_loop_t) {
  DANEGATE_CHECK(uv_loop_init(loop_.get()) == 0);
}
Loop::~Loop() { Finish(); }

void Loop::Run() { uv_run(loop_.get(), UV_RUN_DEFAULT); }
void Loop::Stop() { uv_stop(loop_.get()); }
void Loop::Finish() { uv_run(loop_.get(), UV_RUN_DEFAULT); }

struct Waker::Handle {
  uv_async_t uv;
  std::function<void()> call;
};

Waker::Waker(Loop& loop, std::function<void()> on_wake)
    : handle_(new Handle{{}, std::move(on_wake)}) {
  handle_->uv.data = handle_;
  const int status = uv_async_init(
      loop.get(), &handle_->uv,
      [](uv_async_t* uv) { Call(static_cast<Handle*>(uv->data)->call); });
  DANEGATE_CHECK(status == 0);
}
Waker::~Waker() { CloseAndDelete(handle_, &handle_->uv); }
void Waker::Wake() { uv_async_send(&handle_->uv); }

struct Ticker::Handle {
  uv_timer_t uv;
  std::function<void()> call;
  std::uint64_t period_ms;
};

Ticker::Ticker(Loop& loop, std::chrono::milliseconds period,
               std::function<void()> on_tick)
    : handle_(new Handle{
          {}, std::move(on_tick), static_cast<std::uint64_t>(period.count())}) {
  handle_->uv.data = handle_;
  DANEGATE_CHECK(uv_timer_init(loop.get(), &handle_->uv) == 0);
  uv_unref(reinterpret_cast<uv_handle_t*>(&handle_->uv));
}
Ticker::~Ticker() { CloseAndDelete(handle_, &handle_->uv); }

void Ticker::Start() {
  uv_timer_start(
      &handle_->uv,
      [](uv_timer_t* uv) { Call(static_cast<Handle*>(uv->data)->call); },
      handle_->period_ms, handle_->period_ms);
}
void Ticker::Stop() { uv_timer_stop(&handle_->uv); }
bool Ticker::running() const {
  return uv_is_active(reinterpret_cast<const uv_handle_t*>(&handle_->uv)) != 0;
}

struct TurnEnd::Handle {
  uv_check_t uv;
  std::function<void()> call;
};

TurnEnd::TurnEnd(Loop& loop, std::function<void()> on_turn_end)
    : handle_(new Handle{{}, std::move(on_turn_end)}) {
  handle_->uv.data = handle_;
  DANEGATE_CHECK(uv_check_init(loop.get(), &handle_->uv) == 0);
  uv_check_start(&handle_->uv, [](uv_check_t* uv) {
    Call(static_cast<Handle*>(uv->data)->call);
  });
  uv_unref(reinterpret_cast<uv_handle_t*>(&handle_->uv));
}
TurnEnd::~TurnEnd() { CloseAndDelete(handle_, &handle_->uv); }

struct Signal::Handle {
  uv_signal_t uv;
  std::function<void()> call;
};

Signal::Signal(Loop& loop, int number, std::function<void()> on_signal)
    : handle_(new Handle{{}, std::move(on_signal)}) {
  handle_->uv.data = handle_;
  DANEGATE_CHECK(uv_signal_init(loop.get(), &handle_->uv) == 0);
  const int status = uv_signal_start(
      &handle_->uv,
      [](uv_signal_t* uv, int) { Call(static_cast<Handle*>(uv->data)->call); },
      number);
  DANEGATE_CHECK(status == 0);
}
Signal::~Signal() { CloseAndDelete(handle_, &handle_->uv); }

}  // namespace danegate
