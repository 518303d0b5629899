#include "bench/load/streams/stream_run.h"

#include <chrono>
#include <csignal>
#include <utility>

#include "bench/load/streams/loads/passing_streams.h"
#include "bench/load/streams/loads/staying_streams.h"
#include "bench/load/streams/stream_progress.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

constexpr std::chrono::milliseconds kTick{1};

}  // namespace

StreamRun::StreamRun(const StreamPlan& plan)
    : plan_(plan),
      turn_end_(loop_, [this] { OnTurnEnd(); }),
      ticker_(loop_, kTick, [this] { OnTick(); }),
      spin_(loop_, [] {}) {}

StreamRun::~StreamRun() = default;

const RecorderTally* StreamRun::recorded() const {
  return recorder_ ? &recorder_->tally() : nullptr;
}

std::string StreamRun::Run() {
  if (std::string why = OpenRecorder(); !why.empty()) return why;
  // They also keep the loop alive while nothing is under way.
  Signal interrupt(loop_, SIGINT, [this] { OnSignal(); });
  Signal terminate(loop_, SIGTERM, [this] { OnSignal(); });
  meter_.emplace(plan_, recorder_.get(), tally_);
  meter_->Begin();
  progress_.emplace();
  load_ = BeginLoad();
  ticker_.Start();
  loop_.Run();
  ticker_.Stop();
  progress_.reset();
  meter_->End();
  return "";
}

std::string StreamRun::OpenRecorder() {
  if (!plan_.recorder) return "";
  auto opened =
      Recorder::Open(loop_, *plan_.recorder,
                     [this](const StanzaMark& mark) { OnStanza(mark); });
  if (!opened) return opened.error();
  recorder_ = *std::move(opened);
  return "";
}

std::unique_ptr<StreamLoad> StreamRun::BeginLoad() {
  const Instant now = MonotonicNow();
  if (plan_.churn) {
    return std::make_unique<PassingStreams>(plan_, loop_, *meter_, now);
  }
  return std::make_unique<StayingStreams>(plan_, loop_, *meter_, now);
}

void StreamRun::OnSignal() {
  if (tally_.interrupted) loop_.Stop();
  tally_.interrupted = true;
  load_->OnInterrupt();
}

void StreamRun::OnTick() {
  const Instant now = MonotonicNow();
  meter_->TakeSample(load_->state().phase, now);
  if (progress_->IsDue(now)) ShowProgress(now);
  load_->OnTick(now);
}

void StreamRun::OnTurnEnd() {
  load_->OnTurnEnd(MonotonicNow());
  const StreamPhase phase = load_->state().phase;
  if (phase == StreamPhase::kOver) loop_.Stop();
  if (phase == StreamPhase::kSend && plan_.rate) spin_.Wake();
}

void StreamRun::OnStanza(const StanzaMark& mark) {
  const Instant now = MonotonicNow();
  meter_->OnRecorded(now);
  load_->OnStanza(mark, now);
}

void StreamRun::ShowProgress(Instant now) {
  const auto& [phase, since, open] = load_->state();
  progress_->Show(ToLine({phase, now - since, tally_.set_ups.attempted(), open,
                          meter_->stanzas()},
                         plan_, tally_),
                  now);
}

}  // namespace danegate
