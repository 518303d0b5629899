// The event base as libunbound uses it, on a pipe and on timers.
#include "verifier/resolver/uv_event_base.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <vector>

#include "tests/verifier/asking.h"

namespace danegate {
namespace {

constexpr std::chrono::milliseconds kLimit{2000};

struct Fired {
  std::vector<short> what;
  ub_event* free_in_callback = nullptr;

  static void Record(int, short bits, void* data) {
    auto* self = static_cast<Fired*>(data);
    self->what.push_back(bits);
    if (self->free_in_callback != nullptr) {
      self->free_in_callback->vmt->free(self->free_in_callback);
    }
  }
};

class UvEventBaseTest : public ::testing::Test {
 protected:
  UvEventBaseTest() { EXPECT_EQ(pipe(pipe_), 0); }
  ~UvEventBaseTest() override {
    close(pipe_[0]);
    close(pipe_[1]);
  }

  ub_event* NewEvent(int fd, short bits) {
    ub_event_base* base = events_.base();
    return base->vmt->new_event(base, fd, bits, Fired::Record, &fired_);
  }
  void Write() { ASSERT_EQ(write(pipe_[1], "x", 1), 1); }

  testing::TestLoop loop_;
  UvEventBase events_{loop_.get()};
  int pipe_[2];
  Fired fired_;
};

timeval Milliseconds(int count) { return {0, count * 1000}; }

TEST_F(UvEventBaseTest, PersistentEventFiresAsLongAsThereIsSomethingToRead) {
  ub_event* event = NewEvent(pipe_[0], UB_EV_READ | UB_EV_PERSIST);
  Write();
  ASSERT_EQ(event->vmt->add(event, nullptr), 0);
  loop_.Turn(kLimit);
  loop_.Turn(kLimit);
  EXPECT_EQ(fired_.what, (std::vector<short>{UB_EV_READ, UB_EV_READ}));
  event->vmt->del(event);
  loop_.Turn(std::chrono::milliseconds(1));
  EXPECT_EQ(fired_.what.size(), 2u);
  event->vmt->free(event);
}

TEST_F(UvEventBaseTest, OtherEventsFireOnce) {
  ub_event* event = NewEvent(pipe_[0], UB_EV_READ);
  Write();
  ASSERT_EQ(event->vmt->add(event, nullptr), 0);
  loop_.Turn(kLimit);
  loop_.Turn(std::chrono::milliseconds(1));
  EXPECT_EQ(fired_.what, std::vector<short>{UB_EV_READ});
  event->vmt->free(event);
}

TEST_F(UvEventBaseTest, SilenceFiresTheTimeout) {
  ub_event* event = NewEvent(pipe_[0], UB_EV_READ | UB_EV_TIMEOUT);
  timeval timeout = Milliseconds(1);
  ASSERT_EQ(event->vmt->add(event, &timeout), 0);
  loop_.Turn(kLimit);
  EXPECT_EQ(fired_.what, std::vector<short>{UB_EV_TIMEOUT});
  event->vmt->free(event);
}

TEST_F(UvEventBaseTest, TimerCanBeStoppedAndChanged) {
  ub_event* event = NewEvent(-1, UB_EV_TIMEOUT);
  timeval soon = Milliseconds(1);
  const auto add = [&](timeval& timeout) {
    return event->vmt->add_timer(event, events_.base(), Fired::Record, &fired_,
                                 &timeout);
  };
  ASSERT_EQ(add(soon), 0);
  event->vmt->del_timer(event);
  loop_.Turn(std::chrono::milliseconds(5));
  EXPECT_TRUE(fired_.what.empty());
  ASSERT_EQ(add(soon), 0);
  loop_.Turn(kLimit);
  EXPECT_EQ(fired_.what, std::vector<short>{UB_EV_TIMEOUT});
  event->vmt->free(event);
}

TEST_F(UvEventBaseTest, BitsAndSocketCanBeChanged) {
  ub_event* event = NewEvent(-1, UB_EV_READ | UB_EV_PERSIST);
  event->vmt->set_fd(event, pipe_[1]);
  event->vmt->del_bits(event, UB_EV_READ);
  event->vmt->add_bits(event, UB_EV_WRITE);
  ASSERT_EQ(event->vmt->add(event, nullptr), 0);
  loop_.Turn(kLimit);
  EXPECT_EQ(fired_.what, std::vector<short>{UB_EV_WRITE});
  event->vmt->free(event);
}

TEST_F(UvEventBaseTest, EventMayBeFreedInItsOwnCallback) {
  ub_event* event = NewEvent(pipe_[0], UB_EV_READ | UB_EV_PERSIST);
  fired_.free_in_callback = event;
  Write();
  timeval timeout = Milliseconds(1000);
  ASSERT_EQ(event->vmt->add(event, &timeout), 0);
  loop_.Turn(kLimit);
  loop_.Turn(std::chrono::milliseconds(1));
  EXPECT_EQ(fired_.what.size(), 1u);
}

// A late removal would take the new socket out of the epoll set.
TEST_F(UvEventBaseTest, SocketOfTheSameNumberIsNotLost) {
  ub_event* old = NewEvent(pipe_[0], UB_EV_READ | UB_EV_PERSIST);
  ASSERT_EQ(old->vmt->add(old, nullptr), 0);
  old->vmt->del(old);
  const int number = pipe_[0];
  close(pipe_[0]);
  close(pipe_[1]);
  ASSERT_EQ(pipe(pipe_), 0);
  ASSERT_EQ(pipe_[0], number);
  ub_event* event = NewEvent(pipe_[0], UB_EV_READ);
  ASSERT_EQ(event->vmt->add(event, nullptr), 0);
  old->vmt->free(old);
  Write();
  loop_.Turn(kLimit);
  EXPECT_EQ(fired_.what, std::vector<short>{UB_EV_READ});
  event->vmt->free(event);
}

TEST_F(UvEventBaseTest, HungUpSocketFires) {
  ub_event* event = NewEvent(pipe_[0], UB_EV_READ | UB_EV_PERSIST);
  ASSERT_EQ(event->vmt->add(event, nullptr), 0);
  close(pipe_[1]);
  pipe_[1] = -1;
  loop_.Turn(kLimit);
  EXPECT_EQ(fired_.what, std::vector<short>{UB_EV_READ});
  event->vmt->free(event);
}

TEST_F(UvEventBaseTest, FailedSocketFiresAndKeepsFiring) {
  // A pipe without a reader: POLLERR, which libuv reports as a status.
  close(pipe_[0]);
  pipe_[0] = -1;
  ub_event* event = NewEvent(pipe_[1], UB_EV_WRITE | UB_EV_PERSIST);
  ASSERT_EQ(event->vmt->add(event, nullptr), 0);
  loop_.Turn(kLimit);
  loop_.Turn(kLimit);
  EXPECT_EQ(fired_.what, (std::vector<short>{UB_EV_WRITE, UB_EV_WRITE}));
  event->vmt->free(event);
}

}  // namespace
}  // namespace danegate
