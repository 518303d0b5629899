// What the reports of several subcommands are made of.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "bench/load/handshakes/tally.h"
#include "bench/load/measure/histogram.h"
#include "proxy/command/terminal.h"
#include "verifier/instant.h"

namespace danegate {

double ToSeconds(Duration);
// "1.25".
std::string MillisecondsText(std::chrono::nanoseconds);
std::string SecondsText(Duration);
std::string MebibytesText(std::uint64_t octets);

// A table of p50, p90, p99, p99.9 and the longest, in milliseconds.
std::string LatencyText(const Histogram&, const Ink&);
nlohmann::ordered_json LatencyJson(const Histogram&);
// How often each was said.
std::string ReasonsText(const Reasons&, const Ink&);

}  // namespace danegate
