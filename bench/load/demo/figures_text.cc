#include <chrono>

#include "bench/load/demo/demo_figures.h"
#include "bench/load/figures.h"
#include "bench/load/report_parts.h"
#include "proxy/command/text_table.h"

namespace danegate {
namespace {

std::string Microseconds(Duration time) {
  return ToDecimal(std::chrono::duration<double, std::micro>(time).count(), 1) +
         " µs";
}

std::string Rate(double per_second) {
  return ToGrouped(static_cast<std::uint64_t>(per_second)) + " a second";
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

std::string TimesText(const Histogram& times) {
  return "p50 " + MillisecondsText(times.Percentile(50)) + ", p90 " +
         MillisecondsText(times.Percentile(90)) + ", p99 " +
         MillisecondsText(times.Percentile(99)) + ", longest " +
         MillisecondsText(times.max()) + " ms";
}

std::string Title(const DemoFigures& figures) {
  return "danegate under load: " + ToGrouped(figures.tenants) + " tenants, " +
         ToGrouped(figures.peers) + " peers, " + ToGrouped(figures.streams) +
         " streams";
}

}  // namespace

std::string ToText(const DemoFigures& figures, const Ink& ink) {
  TextTable table;
  table.Add({"stream set-ups", {Rate(figures.setups_a_second), Tone::kStrong}});
  table.Add({"  from TCP to its stanza at the backend",
             TimesText(figures.setup_times)});
  table.Add(
      {"  danegate's CPU", MillisecondsText(figures.setup_cpu) + " ms each"});
  const std::string octets = std::to_string(figures.stanza_octets);
  table.Add({"stanzas of " + octets + " octets",
             {Rate(figures.stanzas_a_second), Tone::kStrong}});
  table.Add({"  danegate's CPU", Microseconds(figures.stanza_cpu) + " each"});
  table.Add({"  under way, at " + Rate(figures.calm_rate),
             TimesText(figures.stanza_times)});
  table.Add(
      {"memory of a silent stream",
       {ToDecimal(figures.octets_a_stream / 1024, 1) + " KiB", Tone::kStrong}});
  table.Add({"machine", figures.machine});
  table.Add({"versions", Joined(figures.versions)});
  std::string text = ink.Strong(Title(figures)) + "\n" + table.ToText(ink);
  for (const std::string& mistake : figures.mistakes) {
    text += Paint(ink, Tone::kBad, "not as it should be: ") +
            Printable(mistake) + "\n";
  }
  return text;
}

}  // namespace danegate
