// PoshDeadlines cuts off sockets that last too long, however busy they are:
// libmicrohttpd only knows how long one is silent.
//
// It has a thread of its own, which sleeps while there is nothing to do. Thread
// of its functions: any.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "verifier/instant.h"

namespace danegate {

class PoshDeadlines {
 public:
  explicit PoshDeadlines(std::chrono::milliseconds time);
  ~PoshDeadlines();
  PoshDeadlines(const PoshDeadlines&) = delete;
  PoshDeadlines& operator=(const PoshDeadlines&) = delete;

  // From Begin() a socket has `time`; then it is shut down, not closed.
  // REQUIRES: it stays open until End() has returned.
  void Begin(int socket);
  void End(int socket);

 private:
  struct Bounded {
    Instant ends;
    int socket;
  };
  void Run();

  const std::chrono::milliseconds time_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Bounded> sockets_;  // in the order of their ends
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace danegate
