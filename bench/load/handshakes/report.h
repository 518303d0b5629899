// HandshakeReport is what came of a run, for people and for scripts.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "bench/load/handshakes/handshake_run.h"
#include "bench/load/handshakes/tally.h"
#include "bench/load/measure/process_usage.h"
#include "proxy/command/terminal.h"

namespace danegate {

// What a process has used before a run and after it.
struct UsedBetween {
  ProcessUsage before;
  ProcessUsage after;
};

struct HandshakeReport {
  const HandshakePlan& plan;
  const HandshakeTally& tally;
  Duration took;
  bool interrupted;
  UsedBetween generator;
  pid_t server_process;  // with `server`
  std::optional<UsedBetween> server;

  // Completed ones a second.
  double rate() const;
};

std::string ToText(const HandshakeReport&, const Ink&);
std::string ToJson(const HandshakeReport&);

}  // namespace danegate
