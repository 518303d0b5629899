// Result<T, E> is either a value or the reason why there is none.
//
// Failures that a peer or an operator can cause travel as values; what only a
// mistake of ours can cause is a Check (check.h).
#pragma once

#include <utility>
#include <variant>

#include "verifier/check.h"

namespace danegate {

// Failure wraps an error so that a Result can be returned from it:
// `return Failure(DomainError::kEmpty);`.
template <typename E>
struct Failure {
  explicit Failure(E reason) : error(std::move(reason)) {}
  E error;
};

template <typename T, typename E>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  template <typename F>
  Result(Failure<F> failure)
      : state_(std::in_place_index<1>, std::move(failure.error)) {}

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // REQUIRES: ok().
  const T& value() const& { return Checked(), *std::get_if<0>(&state_); }
  T& value() & { return Checked(), *std::get_if<0>(&state_); }
  T&& value() && { return Checked(), std::move(*std::get_if<0>(&state_)); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  // REQUIRES: !ok().
  const E& error() const& {
    DANEGATE_CHECK(!ok());
    return *std::get_if<1>(&state_);
  }
  E&& error() && {
    DANEGATE_CHECK(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  void Checked() const { DANEGATE_CHECK(ok()); }

  std::variant<T, E> state_;
};

}  // namespace danegate
