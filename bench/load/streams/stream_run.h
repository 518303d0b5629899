// StreamRun puts the load of a plan on a server, StayingStreams or
// PassingStreams, and measures it; the recorder that the streams end at may run
// beside it.
//
// The loop runs in Run(). Bounded, as the loads are.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bench/load/progress.h"
#include "bench/load/recorder/recorder.h"
#include "bench/load/streams/loads/stream_load.h"
#include "bench/load/streams/loads/stream_meter.h"
#include "bench/load/streams/stream_plan.h"
#include "bench/load/streams/stream_tally.h"
#include "proxy/net/loop.h"

namespace danegate {

class StreamRun {
 public:
  explicit StreamRun(const StreamPlan&);
  ~StreamRun();
  StreamRun(const StreamRun&) = delete;
  StreamRun& operator=(const StreamRun&) = delete;

  // Blocks until all is done. The error says why it could not begin. SIGINT and
  // SIGTERM end the sending; the second one ends the run. Once.
  std::string Run();

  const StreamTally& tally() const { return tally_; }
  // Null where the plan has none.
  const RecorderTally* recorded() const;

 private:
  std::string OpenRecorder();
  std::unique_ptr<StreamLoad> BeginLoad();
  void OnTick();
  void OnTurnEnd();
  void OnSignal();
  void OnStanza(const StanzaMark&);
  void ShowProgress(Instant now);

  const StreamPlan& plan_;
  Loop loop_;
  StreamTally tally_;
  std::unique_ptr<Recorder> recorder_;
  // From Run() on.
  std::optional<StreamMeter> meter_;
  std::unique_ptr<StreamLoad> load_;
  std::optional<Progress> progress_;  // while it runs
  TurnEnd turn_end_;
  Ticker ticker_;
  Waker spin_;  // turns the loop while an open loop sends: a tick is too coarse
};

}  // namespace danegate
