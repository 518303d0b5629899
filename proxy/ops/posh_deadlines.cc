#include "proxy/ops/posh_deadlines.h"

#include <sys/socket.h>

#include "verifier/clock.h"

namespace danegate {

PoshDeadlines::PoshDeadlines(std::chrono::milliseconds time)
    : time_(time), thread_([this] { Run(); }) {}

PoshDeadlines::~PoshDeadlines() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void PoshDeadlines::Begin(int socket) {
  {
    const std::lock_guard lock(mutex_);
    sockets_.push_back({ReadNow().monotonic + time_, socket});
  }
  changed_.notify_one();
}

void PoshDeadlines::End(int socket) {
  const std::lock_guard lock(mutex_);
  std::erase_if(sockets_, [socket](const Bounded& bounded) {
    return bounded.socket == socket;
  });
}

void PoshDeadlines::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (sockets_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const Bounded first = sockets_.front();
    const Instant now = ReadNow().monotonic;
    if (now < first.ends) {
      changed_.wait_for(lock, first.ends - now);
      continue;
    }
    ::shutdown(first.socket, SHUT_RDWR);
    sockets_.pop_front();
  }
}

}  // namespace danegate
