#include <chrono>

#include "bench/load/figures.h"
#include "bench/load/handshakes/report.h"
#include "proxy/command/text_table.h"

namespace danegate {
namespace {

std::string Milliseconds(std::chrono::nanoseconds time) {
  return ToDecimal(std::chrono::duration<double, std::milli>(time).count(), 2);
}

std::string Seconds(Duration time) {
  return ToDecimal(std::chrono::duration<double>(time).count(), 2);
}

std::string Mebibytes(std::uint64_t octets) {
  return ToDecimal(static_cast<double>(octets) / (1 << 20), 1);
}

Tone ToneOf(bool good) { return good ? Tone::kGood : Tone::kBad; }

std::string RateText(const HandshakeReport& report) {
  std::string text = ToDecimal(report.rate(), 1) + " a second";
  if (report.plan.rate) {
    text += ", of " + ToDecimal(*report.plan.rate, 1) + " wanted";
  }
  return text;
}

// Whether the load was the one that was asked for.
void AddDelays(const HandshakeReport& report, TextTable* table) {
  if (!report.plan.rate) return;
  const auto& tally = report.tally;
  const std::string longest = ", the latest " +
                              Milliseconds(tally.delays().max()) +
                              " ms after its time";
  table->Add({"began late",
              {ToGrouped(tally.late()) + longest,
               tally.late() == 0 ? Tone::kGood : Tone::kWarning}});
  if (tally.missed() == 0) return;
  table->Add({"never begun", {ToGrouped(tally.missed()), Tone::kWarning}});
}

std::string Counts(const HandshakeReport& report, const Ink& ink) {
  const auto& tally = report.tally;
  const std::uint64_t failed = tally.failures().total();
  const std::uint64_t wrong = tally.wrong().total();
  TextTable table;
  table.Add({"attempted", ToGrouped(tally.begun())});
  table.Add({"completed",
             {ToGrouped(tally.completed()),
              ToneOf(tally.completed() == tally.begun())}});
  table.Add({"failed", {ToGrouped(failed), ToneOf(failed == 0)}});
  table.Add({"wrong certificate", {ToGrouped(wrong), ToneOf(wrong == 0)}});
  table.Add({"took", Seconds(report.took) + " s" +
                         (report.interrupted ? ", interrupted" : "")});
  table.Add({"rate", RateText(report)});
  AddDelays(report, &table);
  return table.ToText(ink);
}

std::string Latency(const Histogram& times, const Ink& ink) {
  TextTable table;
  table.Add({"p50", "p90", "p99", "p99.9", "max"});
  table.Add({Milliseconds(times.Percentile(50)),
             Milliseconds(times.Percentile(90)),
             Milliseconds(times.Percentile(99)),
             Milliseconds(times.Percentile(99.9)), Milliseconds(times.max())});
  return table.ToText(ink);
}

std::string Told(const Reasons& reasons, const Ink& ink) {
  TextTable table;
  table.AlignRight(0);
  for (const auto& [reason, count] : reasons.by_reason()) {
    table.Add({{ToGrouped(count), Tone::kBad}, reason});
  }
  return table.ToText(ink);
}

void AddUsage(const std::string& who, const UsedBetween& used,
              const HandshakeReport& report, TextTable* table) {
  const Duration cpu = used.after.cpu - used.before.cpu;
  const auto completed = static_cast<double>(report.tally.completed());
  const double per_thousand =
      std::chrono::duration<double>(cpu).count() / completed * 1000;
  table->Add({who, Seconds(used.before.cpu), Seconds(used.after.cpu),
              Seconds(cpu), completed > 0 ? ToDecimal(per_thousand, 3) : "",
              Mebibytes(used.before.resident_octets),
              Mebibytes(used.after.resident_octets)});
}

std::string Usage(const HandshakeReport& report, const Ink& ink) {
  TextTable table;
  table.Add({"", "CPU s before", "after", "used", "per 1,000",
             "resident MiB before", "after"});
  if (report.server) {
    AddUsage("server " + std::to_string(report.server_process), *report.server,
             report, &table);
  }
  AddUsage("danegate-load", report.generator, report, &table);
  return table.ToText(ink);
}

std::string Title(const HandshakeReport& report) {
  return report.plan.target.ToString() +
         (report.plan.direct_tls ? ", direct TLS, " : ", STARTTLS, ") +
         ToGrouped(report.plan.names.size()) + " names";
}

}  // namespace

std::string ToText(const HandshakeReport& report, const Ink& ink) {
  const auto& tally = report.tally;
  std::string text = ink.Strong("handshakes") + " with " + Title(report) +
                     "\n" + Counts(report, ink);
  if (tally.completed() > 0) {
    text += ink.Strong("latency") +
            ", ms, from connecting to the end of TLS\n" +
            Latency(tally.times(), ink);
  }
  if (tally.failures().total() > 0) {
    text += ink.Strong("failed") + "\n" + Told(tally.failures(), ink);
  }
  if (tally.wrong().total() > 0) {
    text += ink.Strong("wrong certificate") + "\n" + Told(tally.wrong(), ink);
  }
  return text + ink.Strong("processes") + "\n" + Usage(report, ink);
}

}  // namespace danegate
