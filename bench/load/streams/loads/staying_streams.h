// StayingStreams are as many streams as the plan says, set up once. They are
// silent for a while, carry stanzas, rest, and are closed in good order. What
// the plan does not ask for is left out. Stanzas are sent at a rate, the
// streams taking turns (an open loop), or so many unrecorded ones at a time in
// each stream (a closed one).
//
// Bounded: a set-up has the deadlines of an EgressSession, the last stanzas
// have kRecordTime to arrive, and the closes kCloseTime. Lifetime: what it is
// made with outlives it.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "bench/load/measure/pacer.h"
#include "bench/load/streams/load_stream.h"
#include "bench/load/streams/loads/stream_load.h"
#include "bench/load/streams/loads/stream_meter.h"
#include "bench/load/streams/loads/stream_set.h"
#include "bench/load/streams/stream_plan.h"
#include "proxy/net/loop.h"
#include "verifier/instant.h"

namespace danegate {

class StayingStreams final : public StreamLoad, private LoadStreamOwner {
 public:
  // Octets of a stream that its other side may leave untaken before what a rate
  // has due there is given up: else the generator's memory grows for as long as
  // the rate is more than the server carries.
  static constexpr std::size_t kMostUnsent = std::size_t{1} << 20;
  // How long the other side may take to answer all closes.
  static constexpr std::chrono::seconds kCloseTime{15};

  StayingStreams(const StreamPlan&, Loop&, StreamMeter&, Instant now);

  void OnTick(Instant now) override;
  void OnTurnEnd(Instant now) override;
  void OnStanza(const StanzaMark&, Instant now) override;
  void OnInterrupt() override;

 private:
  // LoadStreamOwner.
  void OnOpened(LoadStream&) override;
  void OnEnded(LoadStream&, const std::string& error) override;

  void Enter(StreamPhase);
  void Advance(Instant now);
  void BeginSending(Instant now);
  bool IsSilent(std::optional<Duration> length, Instant now) const;
  bool MayRecordMore() const;
  void SendDue(Instant now);
  LoadStream& NextInTurn();

  const StreamPlan& plan_;
  StreamMeter& meter_;
  StreamSet streams_;
  bool interrupted_ = false;
  std::optional<Pacer> pacer_;  // of an open loop, in kSend
  std::size_t turn_ = 0;        // the stream that has sent last, at a rate
};

}  // namespace danegate
