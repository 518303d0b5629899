#include "bench/load/figures.h"
#include "bench/load/report_parts.h"
#include "bench/load/streams/report.h"
#include "proxy/command/text_table.h"

namespace danegate {
namespace {

Tone ToneOf(bool good) { return good ? Tone::kGood : Tone::kBad; }

std::string PerSecond(std::uint64_t count, Duration time) {
  const double seconds = ToSeconds(time);
  if (seconds <= 0) return "";
  return ToDecimal(static_cast<double>(count) / seconds, 0) + " a second";
}

std::string Microseconds(Duration time, std::uint64_t count) {
  if (count == 0) return "";
  return ToDecimal(ToSeconds(time) * 1e6 / static_cast<double>(count), 1);
}

std::string SetUps(const StreamReport& report, const Ink& ink) {
  const auto& set_ups = report.tally.set_ups;
  const std::uint64_t completed = set_ups.times.count();
  TextTable table;
  table.Add({"attempted", ToGrouped(set_ups.attempted())});
  table.Add({"completed",
             {ToGrouped(completed), ToneOf(completed == set_ups.attempted())}});
  table.Add({"took", SecondsText(set_ups.took) + " s"});
  table.Add({"rate", PerSecond(completed, set_ups.took)});
  if (report.plan.setup_rate) AddPace(set_ups.pace, &table);
  std::string text = ink.Strong("set-ups") + "\n" + table.ToText(ink);
  if (completed == 0) return text;
  return text + ink.Strong("latency") + " of a set-up, ms\n" +
         LatencyText(set_ups.times, ink);
}

std::string Stanzas(const StreamReport& report, const Ink& ink) {
  const auto& stanzas = report.tally.stanzas;
  TextTable table;
  table.Add({"sent", ToGrouped(stanzas.sent)});
  if (stanzas.unsent > 0) {
    table.Add({"not sent in time", {ToGrouped(stanzas.unsent), Tone::kBad}});
  }
  if (report.recorded != nullptr) {
    table.Add({"recorded", ToGrouped(stanzas.recorded)});
    table.Add({"lost", {ToGrouped(stanzas.lost), ToneOf(stanzas.lost == 0)}});
    const std::uint64_t odd = report.recorded->out_of_order();
    table.Add({"out of order", {ToGrouped(odd), ToneOf(odd == 0)}});
  }
  table.Add({"took", SecondsText(stanzas.took) + " s"});
  const std::uint64_t done =
      report.recorded != nullptr ? stanzas.recorded : stanzas.sent;
  table.Add({"rate", PerSecond(done, stanzas.took)});
  table.Add({"octets", MebibytesText(stanzas.octets) + " MiB"});
  if (const double seconds = ToSeconds(stanzas.took); seconds > 0) {
    const auto octets = static_cast<double>(stanzas.octets);
    table.Add(
        {"octets a second",
         MebibytesText(static_cast<std::uint64_t>(octets / seconds)) + " MiB"});
  }
  std::string text = ink.Strong("stanzas") + " of " +
                     report.plan.stanzas.text() + " octets, " +
                     ToString(report.plan.kind) + "\n" + table.ToText(ink);
  if (report.recorded == nullptr) return text;
  text += ink.Strong("latency") + " of a stanza, ms\n" +
          LatencyText(report.recorded->times(), ink);
  const auto add = [&](const char* what, const Histogram& times) {
    if (times.count() == 0) return;
    text += ink.Strong("latency") + what + ", ms\n" + LatencyText(times, ink);
  };
  add(" of a stanza: the p99 of each tenth of a second",
      report.recorded->p99s_of_tenths());
  add(" of a stream's first stanza", report.recorded->first_times());
  return text;
}

void AddCpu(TextTable& table, const char* what, std::optional<Duration> cpu,
            std::uint64_t count) {
  if (!cpu || count == 0) return;
  table.Add({what, SecondsText(*cpu), Microseconds(*cpu, count)});
}

std::string Server(const StreamReport& report, const Ink& ink) {
  const auto& tally = report.tally;
  TextTable cpu;
  cpu.Add({"", "CPU s", "us each"});
  AddCpu(cpu, "set-ups", report.SetUpCpu(), tally.set_ups.times.count());
  AddCpu(cpu, "stanzas", report.StanzaCpu(), tally.stanzas.recorded);
  cpu.Add({"danegate-load", SecondsText(tally.generator_cpu)});
  TextTable memory;
  memory.Add({"", "resident MiB"});
  const auto add = [&memory](const char* when,
                             const std::optional<ProcessUsage>& usage) {
    if (usage) memory.Add({when, MebibytesText(usage->resident_octets)});
  };
  add("before", tally.server.before);
  add("with all streams", tally.server.set_up);
  add("after the silence", tally.server.idle);
  if (report.plan.rest) add("after the rest", tally.server.rest);
  add("at the end", tally.server.end);
  return ink.Strong("server") + "\n" + cpu.ToText(ink) + memory.ToText(ink);
}

std::string Troubles(const StreamReport& report, const Ink& ink) {
  std::string text;
  const auto add = [&](const char* what, const Reasons& reasons) {
    if (reasons.total() == 0) return;
    text += ink.Strong(what) + "\n" + ReasonsText(reasons, ink);
  };
  add("set-ups that failed", report.tally.set_ups.failures);
  add("streams that broke", report.tally.broken);
  if (report.recorded != nullptr) {
    add("at the recorder", report.recorded->failures());
  }
  return text;
}

}  // namespace

std::string ToText(const StreamReport& report, const Ink& ink) {
  const StreamPlan& plan = report.plan;
  std::string text =
      ink.Strong("streams") + " with " + plan.target.server.ToString() +
      (plan.target.direct_tls ? ", direct TLS, " : ", STARTTLS, ") +
      ToGrouped(plan.tenants.size()) + " tenants, " +
      ToGrouped(plan.peers.size()) + " peers\n" + SetUps(report, ink);
  if (!plan.churn && report.tally.stanzas.sent > 0) {
    text += Stanzas(report, ink);
  }
  if (plan.process) text += Server(report, ink);
  return text + Troubles(report, ink);
}

}  // namespace danegate
