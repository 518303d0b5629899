#include "bench/load/streams/loads/stream_set.h"

#include <string>
#include <utility>

namespace danegate {

StreamSet::StreamSet(const StreamPlan& plan, const LoadPace::Terms& terms,
                     Loop& loop, StreamMeter& meter, LoadStreamOwner& owner,
                     Instant now)
    : plan_(plan),
      loop_(loop),
      meter_(meter),
      owner_(owner),
      wheel_(now),
      pace_(terms, now) {
  meter.BeginSetUps(now);
}

// One turn begins a bounded number, so that a server which refuses at once does
// not keep the loop from turning.
void StreamSet::BeginDue(Instant now) {
  for (std::size_t i = 0; i < plan_.most_at_a_time; ++i) {
    const auto delay = pace_.Take(now);
    if (!delay) return;
    Begin(now, *delay);
  }
}

void StreamSet::Begin(Instant now, Duration delay) {
  meter_.OnBegun(delay);
  const auto number = static_cast<std::uint32_t>(all_.size());
  all_.push_back(std::make_unique<LoadStream>(
      owner_, wheel_, context_, plan_.target,
      plan_.peers[number % plan_.peers.size()],
      plan_.tenants[number % plan_.tenants.size()], plan_.kind, number));
  LoadStream& stream = *all_.back();
  const Instant due{now.since_start - delay};
  if (const std::string why = stream.Start(loop_, due); !why.empty()) {
    owner_.OnEnded(stream, "set-up: " + why);
  }
}

LoadStream* StreamSet::Find(std::uint32_t number) const {
  return number < all_.size() ? all_[number].get() : nullptr;
}

bool StreamSet::Remove(const LoadStream& stream) {
  auto& place = all_[stream.number()];
  if (!place) return false;
  removed_.push_back(std::move(place));
  return true;
}

void StreamSet::Send(LoadStream& stream, Instant due) {
  const std::size_t size = plan_.stanzas.SizeOf(meter_.tally().stanzas.sent);
  stream.Add(size, due);
  meter_.OnSent(size);
  unflushed_.push_back(&stream);
}

void StreamSet::Flush() {
  for (LoadStream* stream : unflushed_) stream->Flush();
  unflushed_.clear();
}

void StreamSet::OnTick(Instant now) {
  for (const std::uint64_t number : wheel_.TakeDue(now)) {
    if (LoadStream* stream = Find(static_cast<std::uint32_t>(number))) {
      stream->OnDeadline(now);
    }
  }
}

void StreamSet::OnTurnEnd() {
  Flush();
  removed_.clear();
}

}  // namespace danegate
