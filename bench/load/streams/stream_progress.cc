#include "bench/load/streams/stream_progress.h"

#include "bench/load/figures.h"
#include "bench/load/progress.h"

namespace danegate {
namespace {

// Of set-ups that go on for a while, or until there are so many.
std::string SetUpBar(const StreamProgress& now, const StreamPlan& plan) {
  if (!plan.churn) return ToBar(now.begun, plan.streams);
  if (plan.count) return ToBar(now.begun, *plan.count);
  return ToBar(static_cast<std::uint64_t>(now.in_phase.count()),
               static_cast<std::uint64_t>(plan.duration->count()));
}

}  // namespace

std::string ToLine(const StreamProgress& now, const StreamPlan& plan,
                   const StreamTally& tally) {
  const std::string open = ToGrouped(now.open) + " streams";
  const std::string carried = open + ", " + ToGrouped(now.stanzas) + " stanzas";
  switch (now.phase) {
    case StreamPhase::kSetUp:
      return SetUpBar(now, plan) + "  " +
             ToGrouped(tally.set_ups.times.count()) + " set up, " +
             ToGrouped(tally.set_ups.failures.total()) + " failed";
    case StreamPhase::kIdle:
    case StreamPhase::kRest:
      return open + ", silent";
    case StreamPhase::kSend:
      return ToBar(static_cast<std::uint64_t>(now.in_phase.count()),
                   static_cast<std::uint64_t>(plan.duration->count())) +
             "  " + carried;
    case StreamPhase::kRecord:
    case StreamPhase::kClose:
    case StreamPhase::kOver:
      return carried + ", ending";
  }
  return "";
}

}  // namespace danegate
