// InflowLimit says when a stream that brings too many octets may be read again:
// a token bucket. What has been read is never refused, so the bucket may go
// into debt by one read; the stream is not read until the debt is paid.
//
// It keeps one instant, that at which the bucket is full (the virtual
// scheduling of GCRA, ITU-T I.371). Time is an argument. Thread: one owner.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "verifier/instant.h"

namespace danegate {

// How much a stream may bring.
struct InflowRate {
  std::size_t octets_per_second = 0;  // 0: as many as it likes
  std::size_t burst = 0;              // at once, after a silence

  friend bool operator==(const InflowRate&, const InflowRate&) = default;
};

class InflowLimit {
 public:
  // The bucket is full at first, and keeps its debt when the rate changes.
  void SetRate(const InflowRate& rate) { rate_ = rate; }

  // So many octets have been read.
  void Take(std::size_t octets, Instant now) {
    if (rate_.octets_per_second == 0) return;
    full_at_ = std::max(full_at_, now) + TimeOf(octets);
  }

  // From when on the stream may be read; in the past: now.
  Instant open_at() const {
    if (rate_.octets_per_second == 0) return {};
    return {full_at_.since_start - TimeOf(rate_.burst)};
  }

 private:
  Duration TimeOf(std::size_t octets) const {
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(
        static_cast<double>(octets) /
        static_cast<double>(rate_.octets_per_second)));
  }

  InflowRate rate_;
  Instant full_at_{};
};

}  // namespace danegate
