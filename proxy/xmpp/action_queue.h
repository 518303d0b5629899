// ActionQueue holds the actions of an engine until its owner drains them. Once
// it has been drained its memory is used again, so that the relay path does not
// allocate; an idle stream gives it back by Rest().
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "proxy/xmpp/action.h"
#include "verifier/release.h"

namespace danegate {

class ActionQueue {
 public:
  void Push(Action action) { actions_.push_back(std::move(action)); }

  std::optional<Action> Pop() {
    if (next_ == actions_.size()) {
      actions_.clear();
      next_ = 0;
      return std::nullopt;
    }
    return std::move(actions_[next_++]);
  }

  void Rest() {
    if (actions_.empty()) Release(actions_);
  }

 private:
  std::vector<Action> actions_;
  std::size_t next_ = 0;
};

}  // namespace danegate
