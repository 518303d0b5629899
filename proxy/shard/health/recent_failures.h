// RecentFailures remembers for a short time that a backend could not be
// reached, so that not every stream finds it out by itself. Bounded: what has
// failed longest ago is forgotten first. Thread: one owner.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

#include "verifier/instant.h"

namespace danegate {

class RecentFailures {
 public:
  // How long a backend counts as down; then a stream tries it again.
  static constexpr std::chrono::seconds kMemory{5};
  static constexpr std::size_t kMost = 4096;

  // `backend`: "10.0.3.7:5269".
  void Note(const std::string& backend, Instant now);
  bool Has(const std::string& backend, Instant now) const;

 private:
  void Forget(Instant now);

  std::map<std::string, Instant> until_;
};

}  // namespace danegate
