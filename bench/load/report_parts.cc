#include "bench/load/report_parts.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "bench/load/figures.h"

namespace danegate {
namespace {

double ToMilliseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

}  // namespace

double ToSeconds(Duration time) {
  return std::chrono::duration<double>(time).count();
}

std::string MillisecondsText(std::chrono::nanoseconds time) {
  return ToDecimal(ToMilliseconds(time), 2);
}

std::string SecondsText(Duration time) { return ToDecimal(ToSeconds(time), 2); }

std::string MebibytesText(std::uint64_t octets) {
  return ToDecimal(static_cast<double>(octets) / (1 << 20), 1);
}

std::string LatencyText(const Histogram& times, const Ink& ink) {
  TextTable table;
  table.Add({"p50", "p90", "p99", "p99.9", "max"});
  table.Add({MillisecondsText(times.Percentile(50)),
             MillisecondsText(times.Percentile(90)),
             MillisecondsText(times.Percentile(99)),
             MillisecondsText(times.Percentile(99.9)),
             MillisecondsText(times.max())});
  return table.ToText(ink);
}

nlohmann::ordered_json LatencyJson(const Histogram& times) {
  return {{"p50", ToMilliseconds(times.Percentile(50))},
          {"p90", ToMilliseconds(times.Percentile(90))},
          {"p99", ToMilliseconds(times.Percentile(99))},
          {"p99.9", ToMilliseconds(times.Percentile(99.9))},
          {"max", ToMilliseconds(times.max())}};
}

void AddPace(const PaceTally& pace, TextTable* table) {
  const std::string longest = ", the latest " +
                              MillisecondsText(pace.delays().max()) +
                              " ms after its time";
  table->Add({"began late",
              {ToGrouped(pace.late()) + longest,
               pace.late() == 0 ? Tone::kGood : Tone::kWarning}});
  if (pace.missed() == 0) return;
  table->Add({"never begun", {ToGrouped(pace.missed()), Tone::kWarning}});
}

void AddPace(const PaceTally& pace, nlohmann::ordered_json* json) {
  (*json)["late"] = pace.late();
  (*json)["missed"] = pace.missed();
  (*json)["delay_ms"] = LatencyJson(pace.delays());
}

void WarnOfPace(const PaceTally& pace, const char* what) {
  if (pace.late() == 0 && pace.missed() == 0) return;
  std::fprintf(stderr,
               "danegate-load: the rate was not kept: %s %s began more than %d "
               "ms after their time, and %s that were due did not begin\n",
               ToGrouped(pace.late()).c_str(), what,
               static_cast<int>(PaceTally::kLate.count()),
               ToGrouped(pace.missed()).c_str());
}

std::string ReasonsText(const Reasons& reasons, const Ink& ink) {
  TextTable table;
  table.AlignRight(0);
  for (const auto& [reason, count] : reasons.by_reason()) {
    table.Add({{ToGrouped(count), Tone::kBad}, reason});
  }
  return table.ToText(ink);
}

}  // namespace danegate
