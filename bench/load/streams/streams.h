// danegate-load streams: streams with a server, as peers open them, and the
// stanzas on them.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "bench/load/recorder/recorder_request.h"
#include "bench/load/stanzas/stanza_content.h"

namespace danegate {

struct StreamsRequest {
  std::string target;
  bool starttls = false;  // else direct TLS
  bool direct = false;    // says so; excludes the other
  std::string names_file;
  std::string peers_folder;
  RecorderRequest recorder{
      {"--backend", "--backend-certificate", "--backend-key"}};
  std::optional<pid_t> process;  // the server's

  bool set_ups = false;  // opened, used once and closed, over and over again
  std::optional<std::uint64_t> count;
  std::size_t streams = 1;  // else so many, held
  std::optional<double> set_up_rate;
  std::size_t concurrency = 32;
  std::optional<double> idle_seconds;
  std::optional<double> seconds;
  std::string stanzas = "300";
  StanzaKind body = StanzaKind::kAscii;
  std::optional<double> rate;
  std::size_t window = 1;
  std::optional<double> rest_seconds;
  bool json = false;
  std::string svg_file;
};

// Returns the exit status.
int RunStreams(const StreamsRequest&);

}  // namespace danegate
