#include "bench/load/measure/pacer.h"

#include <algorithm>
#include <chrono>

namespace danegate {

Instant Pacer::DueAt(std::uint64_t number) const {
  const std::chrono::duration<double> after(static_cast<double>(number) /
                                            per_second_);
  return begin_ + std::chrono::duration_cast<Duration>(after);
}

std::optional<Duration> Pacer::Take(Instant now) {
  const Instant due = DueAt(taken_);
  if (now < due) return std::nullopt;
  ++taken_;
  return now - due;
}

std::uint64_t Pacer::CountMissed(Instant end) const {
  const double seconds = std::chrono::duration<double>(end - begin_).count();
  auto due = static_cast<std::uint64_t>(std::max(seconds, 0.0) * per_second_);
  // The product is rounded.
  while (DueAt(due) < end) ++due;
  while (due > 0 && DueAt(due - 1) >= end) --due;
  return due - std::min(due, taken_);
}

}  // namespace danegate
