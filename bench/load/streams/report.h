// StreamReport is what came of a run, for people and for scripts.
#pragma once

#include <optional>
#include <string>

#include "bench/load/recorder/recorder_tally.h"
#include "bench/load/streams/stream_plan.h"
#include "bench/load/streams/stream_tally.h"
#include "proxy/command/terminal.h"

namespace danegate {

struct StreamReport {
  const StreamPlan& plan;
  const StreamTally& tally;
  const RecorderTally* recorded;  // null without a recorder

  // Whether all set-ups were completed, no stream broke, the rate was kept, and
  // nothing was lost.
  bool IsGood() const;

  // What the server used, where it was looked at: CPU of the set-ups (the close
  // included where streams are opened and closed), and of the stanzas.
  std::optional<Duration> SetUpCpu() const;
  std::optional<Duration> StanzaCpu() const;
};

std::string ToText(const StreamReport&, const Ink&);
std::string ToJson(const StreamReport&);

}  // namespace danegate
