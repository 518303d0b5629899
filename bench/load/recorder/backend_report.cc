#include "bench/load/recorder/backend_report.h"

#include <nlohmann/json.hpp>

#include "bench/load/figures.h"
#include "bench/load/report_parts.h"
#include "proxy/command/text_table.h"

namespace danegate {
namespace {

using Json = nlohmann::ordered_json;

Tone ToneOf(bool good) { return good ? Tone::kGood : Tone::kBad; }

}  // namespace

bool BackendReport::IsGood() const {
  return tally.out_of_order() == 0 && tally.failures().total() == 0;
}

std::string ToText(const BackendReport& report, const Ink& ink) {
  const RecorderTally& tally = report.tally;
  TextTable table;
  table.Add({"streams", ToGrouped(tally.opened())});
  table.Add({"with a certificate", ToGrouped(tally.with_certificate())});
  table.Add({"open at the end", ToGrouped(report.open)});
  table.Add({"stanzas", ToGrouped(tally.stanzas())});
  table.Add(
      {"out of order",
       {ToGrouped(tally.out_of_order()), ToneOf(tally.out_of_order() == 0)}});
  table.Add({"octets", MebibytesText(tally.octets()) + " MiB"});
  table.Add({"first to last", SecondsText(report.took) + " s"});
  table.Add({"CPU", SecondsText(report.cpu) + " s"});
  std::string text =
      ink.Strong("backend") + " at " + report.plan.address.ToString() +
      (report.plan.direct_tls ? ", direct TLS\n" : ", STARTTLS\n") +
      table.ToText(ink);
  if (tally.stanzas() > 0) {
    text += ink.Strong("latency") + " of a stanza, ms\n" +
            LatencyText(tally.times(), ink);
  }
  if (tally.failures().total() == 0) return text;
  return text + ink.Strong("streams that failed") + "\n" +
         ReasonsText(tally.failures(), ink);
}

std::string ToJson(const BackendReport& report) {
  const RecorderTally& tally = report.tally;
  const Json json = {{"listen", report.plan.address.ToString()},
                     {"mode", report.plan.direct_tls ? "direct" : "starttls"},
                     {"streams", tally.opened()},
                     {"with_certificate", tally.with_certificate()},
                     {"open", report.open},
                     {"failed", tally.failures().by_reason()},
                     {"stanzas",
                      {{"recorded", tally.stanzas()},
                       {"out_of_order", tally.out_of_order()},
                       {"bytes", tally.octets()},
                       {"took_s", ToSeconds(report.took)},
                       {"latency_ms", LatencyJson(tally.times())}}},
                     {"cpu_s", ToSeconds(report.cpu)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace danegate
