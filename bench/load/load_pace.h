// LoadPace says when the next set-up or handshake of a load may begin: at an
// even rate, whatever becomes of those before (an open loop), or as soon as one
// of those under way is over (a closed one). It ends with whichever comes first
// of a number, a time and End(). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "bench/load/measure/pacer.h"
#include "verifier/instant.h"

namespace danegate {

class LoadPace {
 public:
  struct Terms {
    std::optional<double> rate;  // a second; else a closed loop
    std::size_t most_at_a_time;  // with a rate too
    std::optional<std::uint64_t> count;
    std::optional<Duration> duration;
  };

  // The first one is due at `begin`.
  LoadPace(const Terms&, Instant begin);

  // Takes the next one if it may begin now: how late it is.
  std::optional<Duration> Take(Instant now);
  // One of those that were taken is no longer under way.
  void OnOver() { --under_way_; }
  // Nothing more may begin.
  void End() { ended_ = true; }

  // Whether none is under way, and none is to come.
  bool IsOver(Instant now) const;
  // How many were due within the duration and have not begun. None of a closed
  // loop, and none of what End() or the number has ended.
  std::uint64_t CountMissed() const;

 private:
  bool MayBegin(Instant now) const;

  const Terms terms_;
  const Instant begin_;
  std::optional<Pacer> pacer_;  // of an open loop
  std::uint64_t begun_ = 0;
  std::size_t under_way_ = 0;
  bool ended_ = false;
};

}  // namespace danegate
