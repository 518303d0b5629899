#include <chrono>

#include "bench/load/figures.h"
#include "bench/load/handshakes/report.h"
#include "bench/load/report_parts.h"
#include "proxy/command/text_table.h"

namespace danegate {
namespace {

Tone ToneOf(bool good) { return good ? Tone::kGood : Tone::kBad; }

std::string RateText(const HandshakeReport& report) {
  std::string text = ToDecimal(report.rate(), 1) + " a second";
  if (report.plan.rate) {
    text += ", of " + ToDecimal(*report.plan.rate, 1) + " wanted";
  }
  return text;
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
  table.Add({"took", SecondsText(report.took) + " s" +
                         (report.interrupted ? ", interrupted" : "")});
  table.Add({"rate", RateText(report)});
  if (report.plan.rate) AddPace(tally.pace(), &table);
  return table.ToText(ink);
}

void AddUsage(const std::string& who, const UsedBetween& used,
              const HandshakeReport& report, TextTable* table) {
  const Duration cpu = used.after.cpu - used.before.cpu;
  const auto completed = static_cast<double>(report.tally.completed());
  const double per_thousand =
      std::chrono::duration<double>(cpu).count() / completed * 1000;
  table->Add({who, SecondsText(used.before.cpu), SecondsText(used.after.cpu),
              SecondsText(cpu), completed > 0 ? ToDecimal(per_thousand, 3) : "",
              MebibytesText(used.before.resident_octets),
              MebibytesText(used.after.resident_octets)});
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
            LatencyText(tally.times(), ink);
  }
  if (tally.failures().total() > 0) {
    text += ink.Strong("failed") + "\n" + ReasonsText(tally.failures(), ink);
  }
  if (tally.wrong().total() > 0) {
    text += ink.Strong("wrong certificate") + "\n" +
            ReasonsText(tally.wrong(), ink);
  }
  return text + ink.Strong("processes") + "\n" + Usage(report, ink);
}

}  // namespace danegate
