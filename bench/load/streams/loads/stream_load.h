// StreamLoad is what a StreamRun does to a server with streams, from its
// construction until it is over. StayingStreams and PassingStreams are the two
// that there are.
//
// It has no loop of its own: it goes on in OnTick() and OnTurnEnd(), and what
// it has come to is seen in state(). Thread: the loop's.
#pragma once

#include <chrono>
#include <cstddef>

#include "bench/load/stanzas/marked_stanza.h"
#include "bench/load/streams/stream_progress.h"
#include "verifier/instant.h"

namespace danegate {

class StreamLoad {
 public:
  // How long the last stanzas may take after the sending has ended, and the
  // only one of a stream that is set up for it.
  static constexpr std::chrono::seconds kRecordTime{10};

  struct State {
    StreamPhase phase = StreamPhase::kSetUp;
    Instant since;         // when the phase began
    std::size_t open = 0;  // streams that stay, now
  };

  virtual ~StreamLoad() = default;

  // Every millisecond.
  virtual void OnTick(Instant now) = 0;
  // After the events of each turn of the loop.
  virtual void OnTurnEnd(Instant now) = 0;
  // The recorder has got this one.
  virtual void OnStanza(const StanzaMark&, Instant now) = 0;
  // It is to end soon and in good order: nothing more may begin.
  virtual void OnInterrupt() = 0;

  const State& state() const { return state_; }

 protected:
  explicit StreamLoad(Instant now) : state_{StreamPhase::kSetUp, now, 0} {}

  State state_;
};

}  // namespace danegate
