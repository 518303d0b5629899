// StreamMeter writes into a StreamTally what comes of a run: its set-ups and
// stanzas, samples of both, and what the server and the generator use. Whoever
// runs a load tells it what happens, in the order in which it stands here.
//
// Lifetime: plan, recorder and tally outlive it. Thread: the loop's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "bench/load/measure/process_usage.h"
#include "bench/load/recorder/recorder.h"
#include "bench/load/streams/stream_plan.h"
#include "bench/load/streams/stream_progress.h"
#include "bench/load/streams/stream_tally.h"
#include "verifier/instant.h"

namespace danegate {

class StreamMeter {
 public:
  // `recorder` is null where the plan has none.
  StreamMeter(const StreamPlan&, const Recorder* recorder, StreamTally&);

  void Begin();
  void BeginSetUps(Instant now);
  // A set-up has begun, so long after its time.
  void OnBegun(Duration delay) { tally_.set_ups.pace.OnBegun(delay); }
  // It was due at `due`, and is completed.
  void OnSetUp(Instant due, Instant now);
  void OnFailed(const std::string& why) { tally_.set_ups.failures.Count(why); }
  // `missed`: how many set-ups never began.
  void EndSetUps(std::uint64_t missed, Instant now);
  void EndIdle();
  // Not called where each set-up has its stanza: they have begun together.
  void BeginStanzas(Instant now);
  void OnSent(std::size_t octets);
  void OnUnsent() { ++tally_.stanzas.unsent; }
  void OnRecorded(Instant now) { last_recorded_ = now; }
  void EndStanzas(Instant now);
  void EndRest();
  // A stream that was open has ended although nobody wanted it.
  void OnBroken(const std::string& why) { tally_.broken.Count(why); }
  void End();

  // Of what the phase brings, if it is time.
  void TakeSample(StreamPhase, Instant now);

  const StreamTally& tally() const { return tally_; }
  // Whether it is known which stanzas arrive.
  bool records() const { return recorder_ != nullptr; }
  // How many were recorded; sent, where nobody records.
  std::uint64_t stanzas() const;
  // Whether the recorder may still get some of those that were sent.
  bool MayRecordMore() const;

 private:
  std::optional<ProcessUsage> ServerUsage() const;

  const StreamPlan& plan_;
  const Recorder* const recorder_;
  StreamTally& tally_;
  std::optional<ProcessUsage> own_before_;
  Instant set_ups_began_;
  Instant stanzas_began_;
  Instant last_recorded_;
};

}  // namespace danegate
