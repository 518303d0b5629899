// StreamPlan is what a run of `danegate-load streams` does.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "bench/load/peers/peer_set.h"
#include "bench/load/recorder/recorder.h"
#include "bench/load/stanzas/stanza_content.h"
#include "bench/load/stanzas/stanza_mix.h"
#include "bench/load/streams/load_stream.h"
#include "verifier/domain.h"
#include "verifier/instant.h"

namespace danegate {

struct StreamPlan {
  LoadTarget target;
  std::vector<Domain> tenants;  // stream i is to tenant i mod their number
  std::vector<LoadPeer> peers;  // and from peer i mod their number
  std::optional<RecorderPlan> recorder;  // in this process
  std::optional<pid_t> process;          // the server's

  // Set-ups begin at an even rate, and never more than so many at a time.
  std::optional<double> setup_rate;
  std::size_t most_at_a_time = 32;

  // Streams are opened, used for one stanza and closed, one after another...
  bool churn = false;
  std::optional<std::uint64_t> count;  // then, of set-ups
  // ...or so many are held, are silent for a while, and carry stanzas.
  std::size_t streams = 1;
  std::optional<Duration> idle;
  std::optional<Duration> duration;  // of the stanzas, or of the set-ups
  StanzaMix stanzas;
  StanzaKind kind = StanzaKind::kAscii;
  std::optional<double> rate;    // stanzas a second: an open loop
  std::size_t window = 1;        // else, unrecorded ones of a stream
  std::optional<Duration> rest;  // silence after them
};

}  // namespace danegate
