// StreamSet has the streams of a load: it begins them as their LoadPace says,
// and sends the stanzas of the plan's mix on them. Stream i is from peer i to
// tenant i, each modulo their number.
//
// Lifetime: what it is made with outlives it. The owner tells it by Remove()
// that a stream is over, and its pace that a set-up is, which is not the same
// for each load. A stream that was removed lives on until OnTurnEnd(), for its
// callbacks may still be running. Thread: the loop's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "bench/load/load_pace.h"
#include "bench/load/streams/load_stream.h"
#include "bench/load/streams/loads/stream_meter.h"
#include "bench/load/streams/stream_plan.h"
#include "proxy/net/deadline_wheel.h"
#include "proxy/net/loop.h"
#include "proxy/tls/client_context.h"
#include "verifier/instant.h"

namespace danegate {

class StreamSet {
 public:
  // The first set-up is due at `now`.
  StreamSet(const StreamPlan&, const LoadPace::Terms&, Loop&, StreamMeter&,
            LoadStreamOwner&, Instant now);

  // Begins what is due; OnEnded() of the owner may be called within it.
  void BeginDue(Instant now);
  LoadPace& pace() { return pace_; }

  // By number; null where a stream is over. Streams are only added to it.
  const std::vector<std::unique_ptr<LoadStream>>& all() const { return all_; }
  // Null if it is over, or there never was such a one.
  LoadStream* Find(std::uint32_t number) const;
  // False if it was removed before.
  bool Remove(const LoadStream&);

  // Writes the next stanza, which is sent at the next Flush(). REQUIRES: the
  // stream is opened.
  void Send(LoadStream&, Instant due);
  void Flush();

  // Ends the streams whose other side takes too long with its answer.
  void OnTick(Instant now);
  // Flushes, and forgets what was removed.
  void OnTurnEnd();

 private:
  void Begin(Instant now, Duration delay);

  const StreamPlan& plan_;
  Loop& loop_;
  StreamMeter& meter_;
  LoadStreamOwner& owner_;
  const ClientContext context_;
  DeadlineWheel wheel_;
  LoadPace pace_;
  std::vector<std::unique_ptr<LoadStream>> all_;
  std::vector<std::unique_ptr<LoadStream>> removed_;
  std::vector<LoadStream*> unflushed_;  // they may be in removed_
};

}  // namespace danegate
