#include "bench/load/report_parts.h"

#include <nlohmann/json.hpp>

#include "bench/load/figures.h"
#include "proxy/command/text_table.h"

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

std::string ReasonsText(const Reasons& reasons, const Ink& ink) {
  TextTable table;
  table.AlignRight(0);
  for (const auto& [reason, count] : reasons.by_reason()) {
    table.Add({{ToGrouped(count), Tone::kBad}, reason});
  }
  return table.ToText(ink);
}

}  // namespace danegate
