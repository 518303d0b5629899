// SignatureBudget bounds the signatures that are checked for one peer: a chain
// can be made so that every way through it looks promising (B8, threats 0.6).
#pragma once

#include <cstddef>

namespace danegate {

class SignatureBudget {
 public:
  static constexpr std::size_t kMaxChecks = 32;

  // Takes so many checks; false, and nothing taken, if they are not left.
  bool Spend(std::size_t checks) {
    if (checks > left_) return Exhaust();
    left_ -= checks;
    return true;
  }

  // Something was left undone for want of budget. Returns false.
  bool Exhaust() {
    exhausted_ = true;
    return false;
  }
  bool exhausted() const { return exhausted_; }

 private:
  std::size_t left_ = kMaxChecks;
  bool exhausted_ = false;
};

}  // namespace danegate
