#include "bench/load/streams/report.h"

namespace danegate {
namespace {

using Usage = std::optional<ProcessUsage>;

std::optional<Duration> Between(const Usage& before, const Usage& after) {
  if (!before || !after) return std::nullopt;
  return after->cpu - before->cpu;
}

}  // namespace

bool StreamReport::IsGood() const {
  const auto& set_ups = tally.set_ups;
  if (set_ups.attempted() == 0 ||
      set_ups.times.count() != set_ups.attempted() ||
      set_ups.failures.total() > 0) {
    return false;
  }
  const auto& stanzas = tally.stanzas;
  if (tally.broken.total() > 0 || stanzas.unsent > 0 || stanzas.lost > 0) {
    return false;
  }
  return recorded == nullptr ||
         (recorded->out_of_order() == 0 && recorded->failures().total() == 0);
}

std::optional<Duration> StreamReport::SetUpCpu() const {
  return Between(tally.server.before, tally.server.set_up);
}

std::optional<Duration> StreamReport::StanzaCpu() const {
  return Between(tally.server.idle, tally.server.sent);
}

}  // namespace danegate
