// StreamTally is what has come of a run: set-ups, stanzas, and what the server
// had used at the end of each phase.
#pragma once

#include <cstdint>
#include <optional>

#include "bench/load/handshakes/tally.h"
#include "bench/load/measure/histogram.h"
#include "bench/load/measure/pace_tally.h"
#include "bench/load/measure/process_usage.h"
#include "bench/load/measure/samples.h"
#include "verifier/instant.h"

namespace danegate {

struct StreamTally {
  struct SetUps {
    PaceTally pace;
    Histogram times;  // of the completed ones, until they could be used
    Reasons failures;
    Duration took{0};

    std::uint64_t attempted() const { return pace.begun(); }
  };
  struct Stanzas {
    std::uint64_t sent = 0;
    std::uint64_t octets = 0;
    std::uint64_t unsent = 0;  // due in a stream that was full
    std::uint64_t lost = 0;  // not recorded in time, where there is a recorder
    Duration took{0};        // until the last one was recorded
    std::uint64_t recorded = 0;  // in that time
  };
  // At the end of a phase.
  struct Server {
    std::optional<ProcessUsage> before, set_up, idle, sent, rest, end;
  };
  SetUps set_ups;
  Stanzas stanzas;
  Reasons broken;  // streams that ended although nobody wanted it
  Server server;
  Duration generator_cpu{0};
  Samples set_up_samples;  // of completed ones
  Samples stanza_samples;  // of recorded ones; sent, where nobody records
  bool interrupted = false;
};

}  // namespace danegate
