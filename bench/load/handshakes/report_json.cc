#include <nlohmann/json.hpp>

#include "bench/load/handshakes/report.h"
#include "bench/load/report_parts.h"

namespace danegate {
namespace {

using Json = nlohmann::ordered_json;

Json Usage(const UsedBetween& used, std::uint64_t completed) {
  const double cpu = ToSeconds(used.after.cpu - used.before.cpu);
  Json json = {{"cpu_s_before", ToSeconds(used.before.cpu)},
               {"cpu_s_after", ToSeconds(used.after.cpu)},
               {"cpu_s", cpu},
               {"resident_octets_before", used.before.resident_octets},
               {"resident_octets_after", used.after.resident_octets}};
  if (completed > 0) {
    json["cpu_s_per_1000"] = cpu / static_cast<double>(completed) * 1000;
  }
  return json;
}

}  // namespace

std::string ToJson(const HandshakeReport& report) {
  const auto& tally = report.tally;
  Json json = {{"target", report.plan.target.ToString()},
               {"mode", report.plan.direct_tls ? "direct" : "starttls"},
               {"names", report.plan.names.size()},
               {"attempted", tally.begun()},
               {"completed", tally.completed()},
               {"failed", tally.failures().total()},
               {"wrong_certificate", tally.wrong().total()},
               {"failures", tally.failures().by_reason()},
               {"wrong_certificates", tally.wrong().by_reason()},
               {"interrupted", report.interrupted},
               {"took_s", ToSeconds(report.took)},
               {"rate", report.rate()},
               {"latency_ms", LatencyJson(tally.times())}};
  if (report.plan.rate) {
    json["wanted_rate"] = *report.plan.rate;
    AddPace(tally.pace(), &json);
  }
  json["generator"] = Usage(report.generator, tally.completed());
  if (report.server) {
    json["server"] = Usage(*report.server, tally.completed());
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

double HandshakeReport::rate() const {
  const double seconds = ToSeconds(took);
  return seconds > 0 ? static_cast<double>(tally.completed()) / seconds : 0;
}

}  // namespace danegate
