#include "bench/load/handshakes/tally.h"

namespace danegate {

void Reasons::Count(const std::string& reason) {
  ++total_;
  const bool is_known = by_reason_.contains(reason);
  ++by_reason_[is_known || by_reason_.size() < kMost ? reason : kOthers];
}

void HandshakeTally::OnCompleted(Duration took, const std::string& why_wrong) {
  times_.Add(took);
  if (!why_wrong.empty()) wrong_.Count(why_wrong);
}

bool HandshakeTally::IsGood() const {
  return begun() > 0 && completed() == begun() && wrong_.total() == 0;
}

}  // namespace danegate
