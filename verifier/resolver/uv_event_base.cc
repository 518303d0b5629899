#include "verifier/resolver/uv_event_base.h"

#include <algorithm>
#include <cstdint>

namespace danegate {

namespace {

using Callback = void (*)(int, short, void*);

template <typename Handle>
void CloseAndDelete(Handle*& handle) {
  if (handle == nullptr) return;
  uv_close(reinterpret_cast<uv_handle_t*>(handle), [](uv_handle_t* closed) {
    delete reinterpret_cast<Handle*>(closed);
  });
  handle = nullptr;
}

// Rounded up, so that a timer never fires early.
std::uint64_t Milliseconds(const timeval& interval) {
  const auto seconds = std::max<std::int64_t>(interval.tv_sec, 0);
  const auto micros = std::max<std::int64_t>(interval.tv_usec, 0);
  return static_cast<std::uint64_t>(seconds * 1000 + (micros + 999) / 1000);
}

// UvEvent is one ub_event. Its handles are allocated apart because libuv closes
// them later than libunbound frees the event.
class UvEvent : public ub_event {
 public:
  UvEvent(uv_loop_t* loop, int fd, short bits, Callback callback, void* data);
  ~UvEvent() { Deactivate(); }

  bool Activate(const timeval* timeout);
  void Deactivate();
  void ChangeBits(short added, short removed);
  void ChangeSocket(int fd);
  bool ActivateTimer(Callback callback, void* data, const timeval* timeout);

 private:
  static void OnPoll(uv_poll_t* handle, int status, int events);
  static void OnTimer(uv_timer_t* handle);
  bool StartPoll();
  bool StartTimer();
  void Fire(short what);

  uv_loop_t* loop_;
  int fd_;
  short bits_;
  Callback callback_;
  void* data_;
  std::uint64_t timeout_ = 0;  // milliseconds
  uv_poll_t* poll_ = nullptr;  // only while active
  uv_timer_t* timer_ = nullptr;
};

UvEvent* Self(ub_event* event) { return static_cast<UvEvent*>(event); }

ub_event_vmt* EventTable() {
  static ub_event_vmt table = {
      .add_bits = [](ub_event* e, short bits) { Self(e)->ChangeBits(bits, 0); },
      .del_bits = [](ub_event* e, short bits) { Self(e)->ChangeBits(0, bits); },
      .set_fd = [](ub_event* e, int fd) { Self(e)->ChangeSocket(fd); },
      .free = [](ub_event* e) { delete Self(e); },
      .add = [](ub_event* e,
                timeval* tv) { return Self(e)->Activate(tv) ? 0 : -1; },
      .del = [](ub_event* e) { return Self(e)->Deactivate(), 0; },
      .add_timer =
          [](ub_event* e, ub_event_base*, Callback callback, void* data,
             timeval* tv) {
            return Self(e)->ActivateTimer(callback, data, tv) ? 0 : -1;
          },
      .del_timer = [](ub_event* e) { return Self(e)->Deactivate(), 0; },
      // libunbound handles no signals and this is not Windows.
      .add_signal = [](ub_event*, timeval*) { return -1; },
      .del_signal = [](ub_event*) { return -1; },
      .winsock_unregister_wsaevent = [](ub_event*) {},
      .winsock_tcp_wouldblock = [](ub_event*, int) {},
  };
  return &table;
}

UvEvent::UvEvent(uv_loop_t* loop, int fd, short bits, Callback callback,
                 void* data)
    : ub_event{UB_EVENT_MAGIC, EventTable()},
      loop_(loop),
      fd_(fd),
      bits_(bits),
      callback_(callback),
      data_(data) {}

bool UvEvent::Activate(const timeval* timeout) {
  timeout_ = timeout == nullptr ? 0 : Milliseconds(*timeout);
  if (fd_ >= 0 && (bits_ & (UB_EV_READ | UB_EV_WRITE)) != 0 && !StartPoll()) {
    return false;
  }
  if (timeout != nullptr) return StartTimer();
  CloseAndDelete(timer_);
  return true;
}

// The poll handle is closed, not kept: closed later, libuv would take whatever
// socket has the same number by then out of the epoll set.
void UvEvent::Deactivate() {
  CloseAndDelete(poll_);
  CloseAndDelete(timer_);
}

void UvEvent::ChangeBits(short added, short removed) {
  Deactivate();
  bits_ = static_cast<short>((bits_ | added) & ~removed);
}

void UvEvent::ChangeSocket(int fd) {
  Deactivate();
  fd_ = fd;
}

bool UvEvent::ActivateTimer(Callback callback, void* data,
                            const timeval* timeout) {
  Deactivate();
  fd_ = -1;
  bits_ = UB_EV_TIMEOUT;
  callback_ = callback;
  data_ = data;
  return Activate(timeout);
}

bool UvEvent::StartPoll() {
  if (poll_ == nullptr) {
    auto* handle = new uv_poll_t;
    if (uv_poll_init(loop_, handle, fd_) != 0) {
      delete handle;  // not known to the loop
      return false;
    }
    handle->data = this;
    poll_ = handle;
  }
  const int events = ((bits_ & UB_EV_READ) != 0 ? UV_READABLE : 0) |
                     ((bits_ & UB_EV_WRITE) != 0 ? UV_WRITABLE : 0);
  return uv_poll_start(poll_, events, OnPoll) == 0;
}

bool UvEvent::StartTimer() {
  if (timer_ == nullptr) {
    timer_ = new uv_timer_t;
    uv_timer_init(loop_, timer_);
    timer_->data = this;
  }
  return uv_timer_start(timer_, OnTimer, timeout_, 0) == 0;
}

void UvEvent::OnPoll(uv_poll_t* handle, int status, int events) {
  auto* self = static_cast<UvEvent*>(handle->data);
  int what = ((events & UV_READABLE) != 0 ? UB_EV_READ : 0) |
             ((events & UV_WRITABLE) != 0 ? UB_EV_WRITE : 0);
  // libuv reports a socket's error as a status and stops polling. libunbound
  // learns it from its next read or write.
  if (status < 0) what = UB_EV_READ | UB_EV_WRITE;
  self->Fire(static_cast<short>(what & self->bits_));
}

void UvEvent::OnTimer(uv_timer_t* handle) {
  static_cast<UvEvent*>(handle->data)->Fire(UB_EV_TIMEOUT);
}

// The callback may free this event, so everything else is done before it.
void UvEvent::Fire(short what) {
  if ((bits_ & UB_EV_PERSIST) == 0) {
    Deactivate();
  } else {
    if (poll_ != nullptr) StartPoll();
    if (timer_ != nullptr) StartTimer();
  }
  callback_(fd_, what, data_);
}

}  // namespace

UvEventBase::UvEventBase(uv_loop_t* loop) : ub_event_base{}, loop_(loop) {
  static ub_event_base_vmt table = {
      // libunbound calls new_event only; the loop and its end are ours.
      .free = [](ub_event_base*) {},
      .dispatch = [](ub_event_base*) { return -1; },
      .loopexit = [](ub_event_base*, timeval*) { return -1; },
      .new_event = NewEvent,
      .new_signal = [](ub_event_base*, int, Callback, void*) -> ub_event* {
        return nullptr;
      },
      .winsock_register_wsaevent = [](ub_event_base*, void*, Callback,
                                      void*) -> ub_event* { return nullptr; },
  };
  magic = UB_EVENT_MAGIC;
  vmt = &table;
}

ub_event* UvEventBase::NewEvent(ub_event_base* base, int fd, short bits,
                                Callback callback, void* data) {
  auto* self = static_cast<UvEventBase*>(base);
  return new UvEvent(self->loop_, fd, bits, callback, data);
}

}  // namespace danegate
