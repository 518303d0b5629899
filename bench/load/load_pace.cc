#include "bench/load/load_pace.h"

#include <algorithm>

namespace danegate {

LoadPace::LoadPace(const Terms& terms, Instant begin)
    : terms_(terms), begin_(begin) {
  if (terms.rate) pacer_.emplace(*terms.rate, begin);
}

std::optional<Duration> LoadPace::Take(Instant now) {
  if (!MayBegin(now) || under_way_ >= terms_.most_at_a_time) {
    return std::nullopt;
  }
  const auto delay = pacer_ ? pacer_->Take(now) : Duration::zero();
  if (!delay) return std::nullopt;
  ++begun_;
  ++under_way_;
  return delay;
}

bool LoadPace::IsOver(Instant now) const {
  return under_way_ == 0 && !MayBegin(now);
}

std::uint64_t LoadPace::CountMissed() const {
  if (!pacer_ || !terms_.duration || ended_) return 0;
  const std::uint64_t missed = pacer_->CountMissed(begin_ + *terms_.duration);
  return terms_.count ? std::min(missed, *terms_.count - begun_) : missed;
}

bool LoadPace::MayBegin(Instant now) const {
  return !ended_ && (!terms_.count || begun_ < *terms_.count) &&
         (!terms_.duration || now < begin_ + *terms_.duration);
}

}  // namespace danegate
