// BackendReport is what a recorder alone has recorded, for people and for
// scripts.
#pragma once

#include <cstddef>
#include <string>

#include "bench/load/recorder/recorder.h"
#include "proxy/command/terminal.h"
#include "verifier/instant.h"

namespace danegate {

struct BackendReport {
  const RecorderPlan& plan;
  const RecorderTally& tally;
  std::size_t open;  // connections that were there at the end
  Duration took;     // from the first stanza to the last
  Duration cpu;      // of this process

  // Whether nothing came out of order, and no stream ended in disorder.
  bool IsGood() const;
};

std::string ToText(const BackendReport&, const Ink&);
std::string ToJson(const BackendReport&);

}  // namespace danegate
