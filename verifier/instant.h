// Instant and UnixTime: the two clocks of danegate, never mixed by accident.
//
// Deadlines run on the monotonic clock, so that a jump of the wall clock
// neither fires nor starves them. Validity (certificates, signatures) is judged
// on the wall clock. Protocol code reads neither: both come in as `Now`.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace danegate {

using Duration = std::chrono::nanoseconds;

// Instant is a point on the monotonic clock of this process.
struct Instant {
  Duration since_start{0};

  // Never is later than every other instant: "no deadline".
  static constexpr Instant Never() { return Instant{Duration::max()}; }

  friend constexpr auto operator<=>(Instant, Instant) = default;
  // Saturates at Never().
  friend constexpr Instant operator+(Instant at, Duration by) {
    if (at == Never() || by > Duration::max() - at.since_start) return Never();
    return Instant{at.since_start + by};
  }
  friend constexpr Duration operator-(Instant later, Instant earlier) {
    return later.since_start - earlier.since_start;
  }
};

// UnixTime is wall-clock time in whole seconds since 1970-01-01T00:00:00Z.
struct UnixTime {
  std::int64_t seconds = 0;

  static constexpr UnixTime Never() { return UnixTime{INT64_MAX}; }

  friend constexpr auto operator<=>(UnixTime, UnixTime) = default;
  // Saturates at Never().
  friend constexpr UnixTime operator+(UnixTime at, std::chrono::seconds by) {
    if (by.count() > INT64_MAX - at.seconds) return Never();
    return UnixTime{at.seconds + by.count()};
  }
  friend constexpr std::chrono::seconds operator-(UnixTime later,
                                                  UnixTime earlier) {
    return std::chrono::seconds(later.seconds - earlier.seconds);
  }
};

// Now is one reading of both clocks. Whoever owns a loop reads it once per
// turn.
struct Now {
  Instant monotonic;
  UnixTime wall;
};

}  // namespace danegate
