// RecorderTally counts what has arrived: whether each stream's stanzas came
// complete and in order, and how long they took. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/load/handshakes/tally.h"
#include "bench/load/measure/histogram.h"
#include "bench/load/measure/tenth_tails.h"
#include "bench/load/stanzas/marked_stanza.h"

namespace danegate {

class RecorderTally {
 public:
  // Streams that may be told apart: more than a process can have open.
  static constexpr std::uint32_t kMostStreams = 10'000'000;

  void OnArrived(const StanzaMark&, Instant now);
  // A stream that was opened with, or without, a certificate.
  void OnOpened(bool with_certificate);
  void OnFailed(const std::string& reason) { failures_.Count(reason); }

  std::uint64_t stanzas() const { return stanzas_; }
  std::uint64_t octets() const { return octets_; }
  std::uint64_t opened() const { return opened_; }
  std::uint64_t with_certificate() const { return with_certificate_; }
  // Stanzas that came twice, too early, or of no stream that there can be.
  std::uint64_t out_of_order() const { return out_of_order_; }
  const Histogram& times() const { return times_; }
  // The same times, tenth of a second by tenth.
  const Histogram& p99s_of_tenths() const { return tails_.p99s(); }
  // Of the first stanza of each stream alone.
  const Histogram& first_times() const { return first_times_; }
  const Reasons& failures() const { return failures_; }

 private:
  std::vector<std::uint64_t> next_;  // number, by stream
  std::uint64_t stanzas_ = 0;
  std::uint64_t octets_ = 0;
  std::uint64_t opened_ = 0;
  std::uint64_t with_certificate_ = 0;
  std::uint64_t out_of_order_ = 0;
  Histogram times_;
  TenthTails tails_;
  Histogram first_times_;
  Reasons failures_;
};

}  // namespace danegate
