// Acceptor takes connections from a socket that listens, for Listener and
// LocalServer. Private to proxy/net.
//
// When the process has no file or memory left, it rests for a while: what
// cannot be taken stays in the kernel's queue, and the loop goes on (E4).
// libuv's own listening is not used: without a file left its loop can be kept
// turning inside of accept() for ever, with everything else on it.
//
// Thread: the loop's. May be destroyed within its own callbacks.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <functional>

namespace danegate {

class Loop;

class Acceptor {
 public:
  // Connections that are taken before what else is on the loop has its turn.
  static constexpr int kMaxPerTurn = 64;
  // How long it rests.
  static constexpr std::chrono::milliseconds kRest{100};

  // A new connection, non-blocking: the callee's to close.
  using OnTaken = std::function<void(int file, const sockaddr_storage& peer)>;
  // An errno, once until the next connection is taken. May be null.
  using OnExhausted = std::function<void(int error)>;

  // `file` is non-blocking, listens, and is the acceptor's to close.
  Acceptor(Loop&, int file, OnTaken, OnExhausted);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  // Takes connections, as at first, or leaves them in the kernel's queue.
  void SetAccepting(bool);

 private:
  struct Handle;

  Handle* handle_;
};

}  // namespace danegate
