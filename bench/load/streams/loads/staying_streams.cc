#include "bench/load/streams/loads/staying_streams.h"

#include <algorithm>

#include "verifier/clock.h"

namespace danegate {

StayingStreams::StayingStreams(const StreamPlan& plan, Loop& loop,
                               StreamMeter& meter, Instant now)
    : StreamLoad(now),
      plan_(plan),
      meter_(meter),
      streams_(plan, {plan.setup_rate, plan.most_at_a_time, plan.streams, {}},
               loop, meter, *this, now) {}

void StayingStreams::OnTick(Instant now) {
  streams_.OnTick(now);
  Advance(now);
}

void StayingStreams::OnTurnEnd(Instant now) {
  Advance(now);
  streams_.OnTurnEnd();
}

void StayingStreams::OnInterrupt() {
  interrupted_ = true;
  streams_.pace().End();
}

void StayingStreams::OnOpened(LoadStream& stream) {
  streams_.pace().OnOver();
  ++state_.open;
  meter_.OnSetUp(stream.began(), MonotonicNow());
}

void StayingStreams::OnEnded(LoadStream& stream, const std::string& error) {
  if (!streams_.Remove(stream)) return;
  if (!stream.opened()) {
    streams_.pace().OnOver();
    return meter_.OnFailed(error);
  }
  --state_.open;
  if (!error.empty()) meter_.OnBroken(error);
}

void StayingStreams::OnStanza(const StanzaMark& mark, Instant now) {
  if (state_.phase != StreamPhase::kSend || plan_.rate) return;
  if (LoadStream* stream = streams_.Find(mark.stream)) {
    streams_.Send(*stream, now);
  }
}

// --- phases ------------------------------------------------------------------

void StayingStreams::Enter(StreamPhase phase) {
  const Instant now = MonotonicNow();
  state_.phase = phase;
  state_.since = now;
  if (phase == StreamPhase::kSend) BeginSending(now);
  if (phase == StreamPhase::kClose) {
    for (const auto& stream : streams_.all()) {
      if (stream) stream->Finish();
    }
  }
}

// Goes on to the next phase if this one is over.
void StayingStreams::Advance(Instant now) {
  switch (state_.phase) {
    case StreamPhase::kSetUp:
      streams_.BeginDue(now);
      if (!streams_.pace().IsOver(now)) return;
      meter_.EndSetUps(streams_.pace().CountMissed(), now);
      return Enter(StreamPhase::kIdle);
    case StreamPhase::kIdle:
      if (IsSilent(plan_.idle, now)) return;
      meter_.EndIdle();
      return Enter(plan_.duration && state_.open > 0 ? StreamPhase::kSend
                                                     : StreamPhase::kClose);
    case StreamPhase::kSend: {
      const Instant end = state_.since + *plan_.duration;
      SendDue(std::min(now, Instant{end.since_start - Duration(1)}));
      if (!interrupted_ && now < end && state_.open > 0) return;
      streams_.Flush();
      return Enter(StreamPhase::kRecord);
    }
    case StreamPhase::kRecord:
      if (MayRecordMore() && now < state_.since + kRecordTime) return;
      meter_.EndStanzas(now);
      return Enter(StreamPhase::kRest);
    case StreamPhase::kRest:
      if (IsSilent(plan_.rest, now)) return;
      meter_.EndRest();
      return Enter(StreamPhase::kClose);
    case StreamPhase::kClose:
      if (state_.open > 0 && now < state_.since + kCloseTime) return;
      return Enter(StreamPhase::kOver);
    case StreamPhase::kOver:
      return;
  }
}

// Whether a phase in which nothing happens for so long goes on.
bool StayingStreams::IsSilent(std::optional<Duration> length,
                              Instant now) const {
  return !interrupted_ && length && now < state_.since + *length;
}

// Without a recorder what has been taken by the other side must do.
bool StayingStreams::MayRecordMore() const {
  if (meter_.records()) return meter_.MayRecordMore();
  return std::any_of(
      streams_.all().begin(), streams_.all().end(),
      [](const auto& stream) { return stream && stream->unsent() > 0; });
}

// --- stanzas -----------------------------------------------------------------

void StayingStreams::BeginSending(Instant now) {
  meter_.BeginStanzas(now);
  if (plan_.rate) {
    pacer_.emplace(*plan_.rate, now);
    return;
  }
  for (const auto& stream : streams_.all()) {
    if (!stream) continue;
    for (std::size_t i = 0; i < plan_.window; ++i) streams_.Send(*stream, now);
  }
}

void StayingStreams::SendDue(Instant now) {
  while (pacer_ && state_.open > 0) {
    const auto delay = pacer_->Take(now);
    if (!delay) return;
    LoadStream& stream = NextInTurn();
    if (stream.unsent() < kMostUnsent) {
      streams_.Send(stream, Instant{now.since_start - *delay});
    } else {
      meter_.OnUnsent();
    }
  }
}

// REQUIRES: one is open.
LoadStream& StayingStreams::NextInTurn() {
  const auto& all = streams_.all();
  do {
    turn_ = (turn_ + 1) % all.size();
  } while (!all[turn_]);
  return *all[turn_];
}

}  // namespace danegate
