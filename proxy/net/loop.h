// Loop is a libuv loop owned by one thread; Waker, Ticker and Signal are the
// events that are not sockets. Thread: everything on the loop's thread, but for
// Waker::Wake(). A handle may be destroyed within its own callback.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "verifier/instant.h"

struct uv_loop_s;

namespace danegate {

class Loop {
 public:
  Loop();
  // REQUIRES: everything made on this loop has been destroyed.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs until Stop(), or until nothing is left to wait for.
  void Run();
  // Ends Run() after the current turn.
  void Stop();
  // Runs what is left to do for handles that are closing. Call it before the
  // destructor, once the owners are gone.
  void Finish();

  uv_loop_s* get() const { return loop_.get(); }

 private:
  struct Deleter {
    void operator()(uv_loop_s*) const;
  };
  std::unique_ptr<uv_loop_s, Deleter> loop_;
};

// Waker lets other threads call `on_wake` on the loop's thread. Several wakes
// may arrive as one.
class Waker {
 public:
  Waker(Loop&, std::function<void()> on_wake);
  ~Waker();
  Waker(const Waker&) = delete;
  Waker& operator=(const Waker&) = delete;

  // Any thread. Must not be called after the destructor has begun.
  void Wake();

 private:
  struct Handle;
  Handle* handle_;
};

// Ticker calls `on_tick` every `period` while it is running. It does not keep
// the loop alive.
class Ticker {
 public:
  Ticker(Loop&, std::chrono::milliseconds period,
         std::function<void()> on_tick);
  ~Ticker();
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

  void Start();
  void Stop();
  bool running() const;

 private:
  struct Handle;
  Handle* handle_;
};

// TurnEnd calls `on_turn_end` after the events of each turn of the loop. It
// does not keep the loop alive.
class TurnEnd {
 public:
  TurnEnd(Loop&, std::function<void()> on_turn_end);
  ~TurnEnd();
  TurnEnd(const TurnEnd&) = delete;
  TurnEnd& operator=(const TurnEnd&) = delete;

 private:
  struct Handle;
  Handle* handle_;
};

// Signal calls `on_signal` on the loop's thread when the process gets `number`.
class Signal {
 public:
  Signal(Loop&, int number, std::function<void()> on_signal);
  ~Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

 private:
  struct Handle;
  Handle* handle_;
};

}  // namespace danegate
