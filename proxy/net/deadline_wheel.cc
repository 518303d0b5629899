#include "proxy/net/deadline_wheel.h"

#include <algorithm>

#include "verifier/check.h"

namespace danegate {

void Deadline::Cancel() {
  if (wheel_ != nullptr) wheel_->Unlink(*this);
}

DeadlineWheel::~DeadlineWheel() { DANEGATE_CHECK(empty()); }

std::int64_t DeadlineWheel::TickOf(Instant at) {
  return at.since_start / std::chrono::nanoseconds(kTick);
}

void DeadlineWheel::Set(Deadline& deadline, Instant at) {
  deadline.Cancel();
  if (at == Instant::Never()) return;
  // A deadline that has passed is due in the next tick.
  const auto tick = std::max(TickOf(at) + 1, swept_ + 1);
  deadline.slot_ = static_cast<std::size_t>(tick) % kSlots;
  deadline.at_ = at;
  deadline.wheel_ = this;
  deadline.next_ = slots_[deadline.slot_];
  if (deadline.next_ != nullptr) deadline.next_->previous_ = &deadline;
  slots_[deadline.slot_] = &deadline;
  ++count_;
}

void DeadlineWheel::Unlink(Deadline& deadline) {
  Deadline*& link = deadline.previous_ != nullptr ? deadline.previous_->next_
                                                  : slots_[deadline.slot_];
  link = deadline.next_;
  if (deadline.next_ != nullptr) deadline.next_->previous_ = deadline.previous_;
  deadline.previous_ = deadline.next_ = nullptr;
  deadline.wheel_ = nullptr;
  deadline.at_ = Instant::Never();
  --count_;
}

void DeadlineWheel::TakeDueFrom(std::size_t slot, Instant now,
                                std::vector<std::uint64_t>& due) {
  for (Deadline* deadline = slots_[slot]; deadline != nullptr;) {
    Deadline* next = deadline->next_;
    if (deadline->at_ <= now) {
      Unlink(*deadline);
      due.push_back(deadline->owner_);
    }
    deadline = next;
  }
}

std::vector<std::uint64_t> DeadlineWheel::TakeDue(Instant now) {
  std::vector<std::uint64_t> due;
  const std::int64_t today = TickOf(now);
  // After a long sleep one turn sees every slot; more would see them again.
  const auto turn = static_cast<std::int64_t>(kSlots);
  swept_ = std::max(swept_, today - turn);
  while (swept_ < today) {
    ++swept_;
    TakeDueFrom(static_cast<std::size_t>(swept_) % kSlots, now, due);
  }
  return due;
}

}  // namespace danegate
