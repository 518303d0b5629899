// What a run of streams is at, and the line that says so on a terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "bench/load/streams/stream_plan.h"
#include "bench/load/streams/stream_tally.h"
#include "verifier/instant.h"

namespace danegate {

enum class StreamPhase { kSetUp, kIdle, kSend, kRecord, kRest, kClose, kOver };

struct StreamProgress {
  StreamPhase phase;
  Duration in_phase;      // since it began
  std::uint64_t begun;    // set-ups
  std::size_t open;       // streams, now
  std::uint64_t stanzas;  // recorded; sent, where nobody records
};

std::string ToLine(const StreamProgress&, const StreamPlan&,
                   const StreamTally&);

}  // namespace danegate
