#include "bench/load/measure/pace_tally.h"

namespace danegate {

void PaceTally::OnBegun(Duration delay) {
  delays_.Add(delay);
  if (delay > kLate) ++late_;
}

}  // namespace danegate
