// What the reports of several subcommands are made of.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "bench/load/handshakes/tally.h"
#include "bench/load/measure/histogram.h"
#include "bench/load/measure/pace_tally.h"
#include "proxy/command/terminal.h"
#include "proxy/command/text_table.h"
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
// How well a rate was kept, as rows of a table.
void AddPace(const PaceTally&, TextTable*);
// "late", "missed", "delay_ms".
void AddPace(const PaceTally&, nlohmann::ordered_json*);
// Says on standard error if it was not; `what` is in the plural.
void WarnOfPace(const PaceTally&, const char* what);
// How often each was said.
std::string ReasonsText(const Reasons&, const Ink&);

}  // namespace danegate
