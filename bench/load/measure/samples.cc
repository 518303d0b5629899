#include "bench/load/measure/samples.h"

namespace danegate {

void Samples::Begin(Instant now) {
  begin_ = now;
  Add(now, 0);
}

void Samples::Add(Instant now, std::uint64_t count) {
  samples_.push_back({now - begin_, count});
  if (samples_.size() > kMost) Thin();
  next_ = now + between_;
}

// The first and the last stay.
void Samples::Thin() {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < samples_.size(); i += 2) {
    samples_[kept++] = samples_[i];
  }
  if (samples_.size() % 2 == 0) samples_[kept++] = samples_.back();
  samples_.resize(kept);
  between_ *= 2;
}

}  // namespace danegate
