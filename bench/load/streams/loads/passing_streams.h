// PassingStreams are streams that come and go: each is opened, carries one
// stanza, and is closed when the recorder has got that, or at once where nobody
// records. Then its set-up is completed. The whole of it is the set-up phase.
//
// Bounded: a set-up has the deadlines of an EgressSession, and its stanza
// kRecordTime to arrive. Lifetime: what it is made with outlives it.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "bench/load/streams/load_stream.h"
#include "bench/load/streams/loads/stream_load.h"
#include "bench/load/streams/loads/stream_meter.h"
#include "bench/load/streams/loads/stream_set.h"
#include "bench/load/streams/stream_plan.h"
#include "proxy/net/loop.h"
#include "verifier/instant.h"

namespace danegate {

class PassingStreams final : public StreamLoad, private LoadStreamOwner {
 public:
  // Until the plan's count or duration.
  PassingStreams(const StreamPlan&, Loop&, StreamMeter&, Instant now);

  void OnTick(Instant now) override;
  void OnTurnEnd(Instant now) override;
  void OnStanza(const StanzaMark&, Instant now) override;
  void OnInterrupt() override { streams_.pace().End(); }

 private:
  struct Awaited {
    Instant until;
    std::uint32_t stream;
  };

  // LoadStreamOwner.
  void OnOpened(LoadStream&) override;
  void OnEnded(LoadStream&, const std::string& error) override;

  void Advance(Instant now);
  void GiveUpUnrecorded(Instant now);

  StreamMeter& meter_;
  StreamSet streams_;
  std::deque<Awaited> awaited_;  // whose stanza was sent; the oldest first
};

}  // namespace danegate
