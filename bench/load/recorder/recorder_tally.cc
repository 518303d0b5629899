#include "bench/load/recorder/recorder_tally.h"

#include <algorithm>

namespace danegate {

void RecorderTally::OnArrived(const StanzaMark& mark, Instant now) {
  ++stanzas_;
  octets_ += mark.size;
  const Duration time = now - mark.due;
  times_.Add(time);
  tails_.Add(time, now);
  if (mark.number == 0) first_times_.Add(time);
  if (mark.stream >= kMostStreams) {
    ++out_of_order_;
    return;
  }
  if (mark.stream >= next_.size()) {
    next_.resize(std::max<std::size_t>(2 * next_.size(), mark.stream + 1));
  }
  std::uint64_t& next = next_[mark.stream];
  if (mark.number != next) ++out_of_order_;
  next = mark.number + 1;
}

void RecorderTally::OnOpened(bool with_certificate) {
  ++opened_;
  if (with_certificate) ++with_certificate_;
}

}  // namespace danegate
