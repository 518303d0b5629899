// HandshakeTally counts what has become of handshakes. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "bench/load/measure/histogram.h"
#include "bench/load/measure/pace_tally.h"
#include "verifier/instant.h"

namespace danegate {

// How often each thing was said. Bounded: whatever is new beyond kMost counts
// as kOthers, since a server may say something else every time.
class Reasons {
 public:
  static constexpr std::size_t kMost = 20;
  static constexpr char kOthers[] = "others";

  void Count(const std::string& reason);

  std::uint64_t total() const { return total_; }
  const std::map<std::string, std::uint64_t>& by_reason() const {
    return by_reason_;
  }

 private:
  std::uint64_t total_ = 0;
  std::map<std::string, std::uint64_t> by_reason_;
};

class HandshakeTally {
 public:
  // `delay`: how long after its time it began.
  void OnBegun(Duration delay) { pace_.OnBegun(delay); }
  // Those that were never begun, though their time had come.
  void OnMissed(std::uint64_t count) { pace_.OnMissed(count); }
  void OnFailed(const std::string& reason) { failures_.Count(reason); }
  // `why_wrong`: empty if the certificate was the right one.
  void OnCompleted(Duration took, const std::string& why_wrong);

  std::uint64_t begun() const { return pace_.begun(); }
  std::uint64_t completed() const { return times_.count(); }
  const PaceTally& pace() const { return pace_; }
  const Reasons& failures() const { return failures_; }
  const Reasons& wrong() const { return wrong_; }
  // Of those that were completed.
  const Histogram& times() const { return times_; }
  // Whether all were completed, with the right certificate; and at least one.
  bool IsGood() const;

 private:
  Histogram times_;
  PaceTally pace_;
  Reasons failures_;
  Reasons wrong_;
};

}  // namespace danegate
