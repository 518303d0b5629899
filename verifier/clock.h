// ReadNow() reads both clocks, MonotonicNow() the one: the only place that
// does. Whoever owns a loop calls them and hands the value on; protocol code
// never calls them.
//
// Instant counts from the zero of the monotonic clock, the one that libuv's
// timers run on, so that instants and loop times may be compared.
#pragma once

#include <chrono>

#include "verifier/instant.h"

namespace danegate {

inline Instant MonotonicNow() {
  const auto monotonic = std::chrono::steady_clock::now().time_since_epoch();
  return Instant{std::chrono::duration_cast<Duration>(monotonic)};
}

inline Now ReadNow() {
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  return Now{
      MonotonicNow(),
      UnixTime{std::chrono::duration_cast<std::chrono::seconds>(wall).count()}};
}

}  // namespace danegate
