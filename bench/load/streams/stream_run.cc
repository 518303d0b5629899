#include "bench/load/streams/stream_run.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include "verifier/clock.h"

namespace danegate {
namespace {

constexpr std::chrono::milliseconds kTick{1};

Instant MonotonicNow() { return ReadNow().monotonic; }

SetUpPace::Terms TermsOf(const StreamPlan& plan) {
  if (plan.churn) {
    return {plan.setup_rate, plan.most_at_a_time, plan.count, plan.duration};
  }
  return {plan.setup_rate, plan.most_at_a_time, plan.streams, {}};
}

}  // namespace

StreamRun::StreamRun(const StreamPlan& plan)
    : plan_(plan),
      wheel_(MonotonicNow()),
      turn_end_(loop_, [this] { OnTurnEnd(); }),
      ticker_(loop_, kTick, [this] { OnTick(); }),
      spin_(loop_, [] {}) {}

StreamRun::~StreamRun() = default;

const RecorderTally* StreamRun::recorded() const {
  return recorder_ ? &recorder_->tally() : nullptr;
}

std::string StreamRun::Run() {
  if (plan_.recorder) {
    auto opened =
        Recorder::Open(loop_, *plan_.recorder,
                       [this](const StanzaMark& mark) { OnStanza(mark); });
    if (!opened) return opened.error();
    recorder_ = *std::move(opened);
  }
  Signal interrupt(loop_, SIGINT, [this] { OnSignal(); });
  Signal terminate(loop_, SIGTERM, [this] { OnSignal(); });
  meter_.emplace(plan_, recorder_.get(), tally_);
  meter_->Begin();
  progress_.emplace();
  Enter(Phase::kSetUp);
  ticker_.Start();
  loop_.Run();
  ticker_.Stop();
  progress_.reset();
  meter_->End();
  return "";
}

void StreamRun::OnSignal() {
  if (interrupted_) Enter(Phase::kOver);
  interrupted_ = tally_.interrupted = true;
  set_up_pace_->End();
}

void StreamRun::OnTick() {
  const Instant now = MonotonicNow();
  for (const std::uint64_t number : wheel_.TakeDue(now)) {
    if (streams_[number]) streams_[number]->OnDeadline(now);
  }
  GiveUpUnrecorded(now);
  meter_->TakeSample(phase_, now);
  if (progress_->IsDue(now)) ShowProgress(now);
  Advance(now);
}

void StreamRun::OnTurnEnd() {
  const Instant now = MonotonicNow();
  Advance(now);
  FlushDirty();
  ended_.clear();
  if (phase_ == Phase::kSend && plan_.rate) spin_.Wake();
}

// --- phases ------------------------------------------------------------------

void StreamRun::Enter(Phase phase) {
  const Instant now = MonotonicNow();
  phase_ = phase;
  phase_began_ = now;
  pacer_.reset();
  switch (phase) {
    case Phase::kSetUp:
      meter_->BeginSetUps(now);
      set_up_pace_.emplace(TermsOf(plan_), now);
      return;
    case Phase::kSend:
      meter_->BeginStanzas(now);
      if (plan_.rate) {
        pacer_.emplace(*plan_.rate, now);
      } else {
        SendWindows(now);
      }
      return;
    case Phase::kClose:
      for (auto& stream : streams_) {
        if (stream) stream->Finish();
      }
      return;
    case Phase::kOver:
      return loop_.Stop();
    case Phase::kIdle:
    case Phase::kRecord:
    case Phase::kRest:
      return;
  }
}

// Goes on to the next phase if this one is over.
void StreamRun::Advance(Instant now) {
  switch (phase_) {
    case Phase::kSetUp:
      BeginSetUps(now);
      if (!set_up_pace_->IsOver(now)) return;
      meter_->EndSetUps(set_up_pace_->CountMissed(), now);
      if (!plan_.churn) return Enter(Phase::kIdle);
      meter_->EndStanzas(now);
      return Enter(Phase::kOver);
    case Phase::kIdle:
      if (IsSilent(plan_.idle, now)) return;
      meter_->EndIdle();
      return Enter(plan_.duration && open_ > 0 ? Phase::kSend : Phase::kClose);
    case Phase::kSend: {
      const Instant end = phase_began_ + *plan_.duration;
      SendDue(std::min(now, Instant{end.since_start - Duration(1)}));
      if (interrupted_ || now >= end || open_ == 0) EndSending();
      return;
    }
    case Phase::kRecord:
      if (MayRecordMore() && now < phase_began_ + kRecordTime) return;
      meter_->EndStanzas(now);
      return Enter(Phase::kRest);
    case Phase::kRest:
      if (IsSilent(plan_.rest, now)) return;
      meter_->EndRest();
      return Enter(Phase::kClose);
    case Phase::kClose:
      if (open_ == 0 || now >= phase_began_ + kCloseTime) Enter(Phase::kOver);
      return;
    case Phase::kOver:
      return;
  }
}

// Whether a phase in which nothing happens for so long goes on.
bool StreamRun::IsSilent(std::optional<Duration> length, Instant now) const {
  return !interrupted_ && length && now < phase_began_ + *length;
}

void StreamRun::EndSending() {
  FlushDirty();
  Enter(Phase::kRecord);
}

// Without a recorder what has been taken by the other side must do.
bool StreamRun::MayRecordMore() const {
  if (meter_->records()) return meter_->MayRecordMore();
  return std::any_of(streams_.begin(), streams_.end(), [](const auto& stream) {
    return stream && stream->unsent() > 0;
  });
}

// --- set-ups -----------------------------------------------------------------

// One turn begins a bounded number, so that a server which refuses at once does
// not keep the loop from turning.
void StreamRun::BeginSetUps(Instant now) {
  for (std::size_t i = 0; i < plan_.most_at_a_time; ++i) {
    const auto delay = set_up_pace_->Take(now);
    if (!delay) return;
    Begin(now, *delay);
  }
}

void StreamRun::Begin(Instant now, Duration delay) {
  const auto number = static_cast<std::uint32_t>(tally_.set_ups.attempted());
  meter_->OnBegun(delay);
  streams_.push_back(std::make_unique<LoadStream>(
      *this, wheel_, context_, plan_.target,
      plan_.peers[number % plan_.peers.size()],
      plan_.tenants[number % plan_.tenants.size()], plan_.kind, number));
  const Instant due{now.since_start - delay};
  if (std::string why = streams_.back()->Start(loop_, due); !why.empty()) {
    OnEnded(*streams_.back(), "set-up: " + why);
  }
}

void StreamRun::OnOpened(LoadStream& stream) {
  if (!plan_.churn) {
    set_up_pace_->OnOver();
    ++open_;
    return meter_->OnSetUp(stream.began(), MonotonicNow());
  }
  const Instant now = MonotonicNow();
  Send(stream, now);
  stream.Flush();
  if (!recorder_) return stream.Finish();
  awaited_.emplace_back(now + kRecordTime, stream.number());
}

// A stanza that has gone elsewhere must not keep its stream for ever.
void StreamRun::GiveUpUnrecorded(Instant now) {
  for (; !awaited_.empty(); awaited_.pop_front()) {
    const auto& stream = streams_[awaited_.front().second];
    const bool waits = stream && !stream->finishing();
    if (waits && now < awaited_.front().first) return;
    if (waits) OnEnded(*stream, "its stanza did not arrive at the recorder");
  }
}

void StreamRun::OnEnded(LoadStream& stream, const std::string& error) {
  if (!streams_[stream.number()]) return;  // given up in this turn
  if (plan_.churn || !stream.opened()) {
    set_up_pace_->OnOver();
    if (!error.empty()) {
      meter_->OnFailed(error);
    } else if (!meter_->records()) {
      meter_->OnSetUp(stream.began(), MonotonicNow());
    }
  } else {
    --open_;
    if (!error.empty()) meter_->OnBroken(error);
  }
  ended_.push_back(std::move(streams_[stream.number()]));
}

// --- stanzas -----------------------------------------------------------------

void StreamRun::OnStanza(const StanzaMark& mark) {
  const Instant now = MonotonicNow();
  meter_->OnRecorded(now);
  if (mark.stream >= streams_.size() || !streams_[mark.stream]) return;
  LoadStream& stream = *streams_[mark.stream];
  if (plan_.churn) {
    meter_->OnSetUp(stream.began(), now);
    stream.Finish();
  } else if (phase_ == Phase::kSend && !plan_.rate) {
    Send(stream, now);
  }
}

void StreamRun::SendWindows(Instant now) {
  for (auto& stream : streams_) {
    for (std::size_t i = 0; stream && i < plan_.window; ++i) Send(*stream, now);
  }
}

// Streams take turns.
void StreamRun::SendDue(Instant now) {
  while (pacer_ && open_ > 0) {
    const auto delay = pacer_->Take(now);
    if (!delay) return;
    do {
      next_stream_ = (next_stream_ + 1) % streams_.size();
    } while (!streams_[next_stream_]);
    LoadStream& stream = *streams_[next_stream_];
    if (stream.unsent() >= kMostUnsent) {
      meter_->OnUnsent();
      continue;
    }
    Send(stream, Instant{now.since_start - *delay});
  }
}

void StreamRun::Send(LoadStream& stream, Instant due) {
  const std::size_t size = plan_.stanzas.SizeOf(tally_.stanzas.sent);
  stream.Add(size, due);
  meter_->OnSent(size);
  dirty_.push_back(&stream);
}

void StreamRun::FlushDirty() {
  for (LoadStream* stream : dirty_) stream->Flush();
  dirty_.clear();
}

// --- what is seen of it ------------------------------------------------------

void StreamRun::ShowProgress(Instant now) {
  progress_->Show(ToLine({phase_, now - phase_began_,
                          tally_.set_ups.attempted(), open_, meter_->stanzas()},
                         plan_, tally_),
                  now);
}

}  // namespace danegate
