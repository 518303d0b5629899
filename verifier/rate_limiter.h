// RateLimiter bounds how often something may happen for each of many keys,
// which strangers choose: a bucket of tokens for each key, filled at a steady
// rate. Pure. Thread: one owner.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>

#include "verifier/instant.h"

namespace danegate {

class RateLimiter {
 public:
  // Keys that are remembered; beyond, everything is refused until some are full
  // again and so forgotten.
  static constexpr std::size_t kMaxKeys = 4096;

  // `burst` at once, then one each `interval`.
  RateLimiter(unsigned burst, std::chrono::milliseconds interval)
      : burst_(burst), interval_(interval) {}

  // Takes a token; false if there is none.
  bool Take(const std::string& key, Instant now);

  std::size_t size() const { return full_at_.size(); }

 private:
  void ForgetFull(Instant now);

  const unsigned burst_;
  const Duration interval_;
  // When the bucket of a key is full again; one that is full is not kept.
  std::unordered_map<std::string, Instant> full_at_;
};

}  // namespace danegate
