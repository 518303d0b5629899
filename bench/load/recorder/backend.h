// danegate-load backend: the recorder alone, behind an edge that others put
// load on.
#pragma once

#include <optional>

#include "bench/load/recorder/recorder_request.h"

namespace danegate {

struct BackendRequest {
  RecorderRequest recorder{{"--listen", "--certificate", "--key"}};
  bool direct = false;            // TLS first; else STARTTLS
  bool starttls = false;          // says so; excludes the other
  std::optional<double> seconds;  // else until a signal
  bool json = false;
};

// Records until its time is over, or until SIGINT or SIGTERM. Returns the exit
// status.
int RunBackend(const BackendRequest&);

}  // namespace danegate
