// DeadlineWheel holds one deadline for each of many sessions: setting, moving
// and dropping one is O(1).
//
// A deadline fires at most kTick late and never early. Deadlines further away
// than one turn of the wheel stay in their slot and are passed over: what a
// tick costs in which none is due grows with them (bench/deadline_wheel.cc).
//
// Thread: one owner.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "verifier/instant.h"

namespace danegate {

class DeadlineWheel;

// Deadline is a session's place in the wheel, under the session's id. It leaves
// the wheel when it is destroyed. Pinned: neither copied nor moved.
class Deadline {
 public:
  explicit Deadline(std::uint64_t owner) : owner_(owner) {}
  ~Deadline() { Cancel(); }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  void Cancel();
  bool armed() const { return wheel_ != nullptr; }
  Instant at() const { return at_; }

 private:
  friend class DeadlineWheel;

  const std::uint64_t owner_;
  Deadline* previous_ = nullptr;
  Deadline* next_ = nullptr;
  DeadlineWheel* wheel_ = nullptr;
  std::size_t slot_ = 0;
  Instant at_ = Instant::Never();
};

class DeadlineWheel {
 public:
  static constexpr std::chrono::milliseconds kTick{100};
  // One turn of the wheel, 51 s, is longer than most deadlines.
  static constexpr std::size_t kSlots = 512;

  explicit DeadlineWheel(Instant now) : swept_(TickOf(now)) {}
  // REQUIRES: empty().
  ~DeadlineWheel();
  DeadlineWheel(const DeadlineWheel&) = delete;
  DeadlineWheel& operator=(const DeadlineWheel&) = delete;

  // Arms or moves. Instant::Never() cancels.
  void Set(Deadline&, Instant at);

  // Takes out every deadline that is due at `now`; returns the ids of their
  // owners, of which the first may end the others.
  std::vector<std::uint64_t> TakeDue(Instant now);

  bool empty() const { return count_ == 0; }
  std::size_t size() const { return count_; }

 private:
  friend class Deadline;

  static std::int64_t TickOf(Instant);
  void Unlink(Deadline&);
  void TakeDueFrom(std::size_t slot, Instant now, std::vector<std::uint64_t>&);

  std::array<Deadline*, kSlots> slots_{};
  std::int64_t swept_;  // every tick up to and including this one is done
  std::size_t count_ = 0;
};

}  // namespace danegate
