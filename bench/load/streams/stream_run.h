// StreamRun opens streams to a server, keeps them silent, sends stanzas on
// them, lets them rest, and closes them; the recorder that they end at may run
// beside it.
//
// The loop runs in Run(). Bounded: each step of a set-up has a deadline of its
// own (EgressSession), and what was sent has kRecordTime to arrive.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/load/measure/pacer.h"
#include "bench/load/progress.h"
#include "bench/load/recorder/recorder.h"
#include "bench/load/streams/load_stream.h"
#include "bench/load/streams/loads/set_up_pace.h"
#include "bench/load/streams/loads/stream_meter.h"
#include "bench/load/streams/stream_plan.h"
#include "bench/load/streams/stream_progress.h"
#include "bench/load/streams/stream_tally.h"
#include "proxy/net/deadline_wheel.h"
#include "proxy/net/loop.h"
#include "proxy/tls/client_context.h"

namespace danegate {

class StreamRun final : public LoadStreamOwner {
 public:
  // How long the last stanzas may take after the sending has ended, and the
  // only one of a stream that is set up for it.
  static constexpr std::chrono::seconds kRecordTime{10};
  // Octets of a stream that its other side may leave untaken before what a rate
  // has due there is given up: else the generator's memory grows for as long as
  // the rate is more than the server carries.
  static constexpr std::size_t kMostUnsent = std::size_t{1} << 20;
  // How long the other side may take to answer all closes.
  static constexpr std::chrono::seconds kCloseTime{15};

  explicit StreamRun(const StreamPlan&);
  ~StreamRun();
  StreamRun(const StreamRun&) = delete;
  StreamRun& operator=(const StreamRun&) = delete;

  // Blocks until all is done. The error says why it could not begin. SIGINT and
  // SIGTERM end the sending; the second one ends the run.
  std::string Run();

  const StreamTally& tally() const { return tally_; }
  // Null where the plan has none.
  const RecorderTally* recorded() const;

 private:
  using Phase = StreamPhase;

  // LoadStreamOwner.
  void OnOpened(LoadStream&) override;
  void OnEnded(LoadStream&, const std::string& error) override;

  void OnTick();
  void OnTurnEnd();
  void OnSignal();
  void OnStanza(const StanzaMark&);

  void Enter(Phase);
  void Advance(Instant now);
  bool IsSilent(std::optional<Duration> length, Instant now) const;
  void EndSending();
  void BeginSetUps(Instant now);
  void Begin(Instant now, Duration delay);
  void SendWindows(Instant now);
  void SendDue(Instant now);
  void Send(LoadStream&, Instant due);
  void FlushDirty();
  bool MayRecordMore() const;
  void GiveUpUnrecorded(Instant now);
  void ShowProgress(Instant now);

  const StreamPlan& plan_;
  const ClientContext context_;
  Loop loop_;
  DeadlineWheel wheel_;
  std::unique_ptr<Recorder> recorder_;
  StreamTally tally_;
  std::optional<StreamMeter> meter_;  // in Run()

  Phase phase_ = Phase::kSetUp;
  Instant phase_began_;
  bool interrupted_ = false;
  std::optional<SetUpPace> set_up_pace_;
  std::optional<Pacer> pacer_;   // of an open loop, in kSend
  std::size_t open_ = 0;         // now
  std::size_t next_stream_ = 0;  // of an open loop
  std::vector<std::unique_ptr<LoadStream>> streams_;  // by number; may be null
  // Streams whose only stanza is awaited, and until when; the oldest first.
  std::deque<std::pair<Instant, std::uint32_t>> awaited_;
  std::vector<LoadStream*> dirty_;  // with stanzas that are not written yet
  // Those that are over, whose callbacks may still be running.
  std::vector<std::unique_ptr<LoadStream>> ended_;
  std::optional<Progress> progress_;
  TurnEnd turn_end_;
  Ticker ticker_;
  Waker spin_;  // turns the loop while an open loop sends: a tick is too coarse
};

}  // namespace danegate
