// Pacer says when the next of many things is due that begin at an even rate,
// whatever becomes of those before (an open loop). Whoever comes late for one
// is told how late, and gets the others at once: the rate is kept on the whole,
// and what was missed is never passed over in silence. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "verifier/instant.h"

namespace danegate {

class Pacer {
 public:
  // The first is due at `begin`. REQUIRES: per_second > 0.
  Pacer(double per_second, Instant begin)
      : per_second_(per_second), begin_(begin) {}

  // Takes the next one if it is due: how late it is.
  std::optional<Duration> Take(Instant now);
  // How many are due before `end` and have not been taken.
  std::uint64_t CountMissed(Instant end) const;

 private:
  // Counted from the beginning, so that no error adds up.
  Instant DueAt(std::uint64_t number) const;

  double per_second_;
  Instant begin_;
  std::uint64_t taken_ = 0;
};

}  // namespace danegate
