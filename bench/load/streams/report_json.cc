#include <nlohmann/json.hpp>

#include "bench/load/report_parts.h"
#include "bench/load/streams/report.h"

namespace danegate {
namespace {

using Json = nlohmann::ordered_json;

Json SetUps(const StreamReport& report) {
  const auto& set_ups = report.tally.set_ups;
  Json json = {{"attempted", set_ups.attempted()},
               {"completed", set_ups.times.count()},
               {"failed", set_ups.failures.by_reason()},
               {"took_s", ToSeconds(set_ups.took)},
               {"latency_ms", LatencyJson(set_ups.times)}};
  if (report.plan.setup_rate) {
    json["wanted_rate"] = *report.plan.setup_rate;
    AddPace(set_ups.pace, &json);
  }
  return json;
}

Json Stanzas(const StreamReport& report) {
  const auto& stanzas = report.tally.stanzas;
  Json json = {
      {"sent", stanzas.sent},         {"not_sent", stanzas.unsent},
      {"recorded", stanzas.recorded}, {"lost", stanzas.lost},
      {"bytes", stanzas.octets},      {"took_s", ToSeconds(stanzas.took)}};
  if (report.recorded == nullptr) return json;
  json["out_of_order"] = report.recorded->out_of_order();
  json["latency_ms"] = LatencyJson(report.recorded->times());
  if (const auto& p99s = report.recorded->p99s_of_tenths(); p99s.count() > 0)
    json["p99_of_tenths_ms"] = LatencyJson(p99s);
  json["first_latency_ms"] = LatencyJson(report.recorded->first_times());
  return json;
}

Json RecorderFigures(const RecorderTally& recorded) {
  return {{"streams", recorded.opened()},
          {"with_certificate", recorded.with_certificate()},
          {"failed", recorded.failures().by_reason()}};
}

void AddMemory(Json& json, const char* key,
               const std::optional<ProcessUsage>& usage) {
  if (usage) json[key] = static_cast<double>(usage->resident_octets) / 1e6;
}

Json Server(const StreamReport& report) {
  const auto& server = report.tally.server;
  Json json = Json::object();
  if (const auto cpu = report.SetUpCpu()) {
    json["setup_cpu_s"] = ToSeconds(*cpu);
  }
  if (const auto cpu = report.StanzaCpu()) {
    json["stanza_cpu_s"] = ToSeconds(*cpu);
  }
  AddMemory(json, "rss_before_mb", server.before);
  AddMemory(json, "rss_streams_mb", server.set_up);
  AddMemory(json, "rss_idle_mb", server.idle);
  AddMemory(json, "rss_rest_mb", server.rest);
  AddMemory(json, "rss_end_mb", server.end);
  return json;
}

Json SamplesJson(const Samples& samples) {
  Json json = Json::array();
  for (const Sample& sample : samples.all()) {
    json.push_back({ToSeconds(sample.at), sample.count});
  }
  return json;
}

}  // namespace

std::string ToJson(const StreamReport& report) {
  const StreamTally& tally = report.tally;
  Json json = {{"target", report.plan.target.server.ToString()},
               {"mode", report.plan.target.direct_tls ? "direct" : "starttls"},
               {"streams", report.plan.streams},
               {"stanza_sizes", report.plan.stanzas.text()},
               {"body", ToString(report.plan.kind)},
               {"interrupted", tally.interrupted},
               {"setups", SetUps(report)},
               {"stanzas", Stanzas(report)},
               {"broken_streams", tally.broken.by_reason()}};
  if (report.recorded != nullptr)
    json["recorder"] = RecorderFigures(*report.recorded);
  if (report.plan.process) json["server"] = Server(report);
  json["generator"] = {{"cpu_s", ToSeconds(tally.generator_cpu)}};
  json["set_up_samples"] = SamplesJson(tally.set_up_samples);
  json["stanza_samples"] = SamplesJson(tally.stanza_samples);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace danegate
