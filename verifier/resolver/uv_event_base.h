// UvEventBase lets libunbound run on a libuv loop: it is the pluggable event
// base that unbound-event.h describes, on uv_poll_t and uv_timer_t.
//
// libunbound makes and frees events on it; each active event holds a poll
// handle, a timer, or both. Nothing here knows about DNS.
//
// Lifetime: delete the ub_ctx first (that frees its events), then this, then
// run the loop once more so that the handles close, then close the loop.
// Thread: the loop's; making it before the loop's thread starts is fine.
#pragma once

#include <sys/time.h>
#include <unbound-event.h>
#include <uv.h>

namespace danegate {

class UvEventBase : private ub_event_base {
 public:
  // Borrows the loop.
  explicit UvEventBase(uv_loop_t* loop);
  UvEventBase(const UvEventBase&) = delete;
  UvEventBase& operator=(const UvEventBase&) = delete;

  // For ub_ctx_create_ub_event(); lives as long as this.
  ub_event_base* base() { return this; }

 private:
  static ub_event* NewEvent(ub_event_base* base, int fd, short bits,
                            void (*callback)(int, short, void*), void* data);

  uv_loop_t* loop_;
};

}  // namespace danegate
