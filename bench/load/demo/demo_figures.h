// DemoFigures is what `danegate-load demo` has found out: one value, written as
// text for people, as JSON for scripts, and as a chart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/load/measure/histogram.h"
#include "proxy/command/terminal.h"
#include "verifier/instant.h"

namespace danegate {

struct DemoFigures {
  std::vector<std::string> versions;  // "danegate 0.1.0", …
  std::string machine;                // "2 x AMD EPYC"
  std::size_t tenants = 0;
  std::size_t peers = 0;
  std::size_t streams = 0;

  // Streams that come and go: a stanza each.
  double setups_a_second = 0;
  Duration setup_cpu{0};  // danegate's, for each
  Histogram setup_times;  // from connecting to the stanza at the backend

  // Streams that stay: as many stanzas as danegate takes.
  std::size_t stanza_octets = 0;
  double stanzas_a_second = 0;
  Duration stanza_cpu{0};

  // Half as many a second.
  double calm_rate = 0;
  Histogram stanza_times;

  double octets_a_stream = 0;  // of danegate's memory, for each silent one

  // Why something was not as it should be, as sentences.
  std::vector<std::string> mistakes;
};

std::string ToText(const DemoFigures&, const Ink&);
std::string ToJson(const DemoFigures&);
std::string ToSvg(const DemoFigures&);

}  // namespace danegate
