#include "bench/load/streams/loads/passing_streams.h"

#include "verifier/clock.h"

namespace danegate {

PassingStreams::PassingStreams(const StreamPlan& plan, Loop& loop,
                               StreamMeter& meter, Instant now)
    : StreamLoad(now),
      meter_(meter),
      streams_(
          plan,
          {plan.setup_rate, plan.most_at_a_time, plan.count, plan.duration},
          loop, meter, *this, now) {}

void PassingStreams::OnTick(Instant now) {
  streams_.OnTick(now);
  GiveUpUnrecorded(now);
  Advance(now);
}

void PassingStreams::OnTurnEnd(Instant now) {
  Advance(now);
  streams_.OnTurnEnd();
}

void PassingStreams::Advance(Instant now) {
  if (state_.phase == StreamPhase::kOver) return;
  streams_.BeginDue(now);
  if (!streams_.pace().IsOver(now)) return;
  meter_.EndSetUps(streams_.pace().CountMissed(), now);
  meter_.EndStanzas(now);
  state_.phase = StreamPhase::kOver;
  state_.since = now;
}

void PassingStreams::OnOpened(LoadStream& stream) {
  const Instant now = MonotonicNow();
  streams_.Send(stream, now);
  stream.Flush();
  if (!meter_.records()) return stream.Finish();
  awaited_.push_back({now + kRecordTime, stream.number()});
}

void PassingStreams::OnStanza(const StanzaMark& mark, Instant now) {
  LoadStream* stream = streams_.Find(mark.stream);
  if (stream == nullptr) return;
  meter_.OnSetUp(stream->began(), now);
  stream->Finish();
}

// A stanza that has gone elsewhere must not keep its stream for ever.
void PassingStreams::GiveUpUnrecorded(Instant now) {
  for (; !awaited_.empty(); awaited_.pop_front()) {
    LoadStream* stream = streams_.Find(awaited_.front().stream);
    const bool waits = stream != nullptr && !stream->finishing();
    if (waits && now < awaited_.front().until) return;
    if (waits) OnEnded(*stream, "its stanza did not arrive at the recorder");
  }
}

void PassingStreams::OnEnded(LoadStream& stream, const std::string& error) {
  if (!streams_.Remove(stream)) return;  // given up in this turn
  streams_.pace().OnOver();
  if (!error.empty()) {
    meter_.OnFailed(error);
  } else if (!meter_.records()) {
    meter_.OnSetUp(stream.began(), MonotonicNow());
  }
}

}  // namespace danegate
