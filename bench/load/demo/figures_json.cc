#include <nlohmann/json.hpp>

#include "bench/load/demo/demo_figures.h"
#include "bench/load/report_parts.h"

namespace danegate {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

std::string ToJson(const DemoFigures& figures) {
  const Json json = {{"versions", figures.versions},
                     {"machine", figures.machine},
                     {"tenants", figures.tenants},
                     {"peers", figures.peers},
                     {"streams", figures.streams},
                     {"setups",
                      {{"rate", figures.setups_a_second},
                       {"cpu_s", ToSeconds(figures.setup_cpu)},
                       {"latency_ms", LatencyJson(figures.setup_times)}}},
                     {"stanzas",
                      {{"octets", figures.stanza_octets},
                       {"rate", figures.stanzas_a_second},
                       {"cpu_s", ToSeconds(figures.stanza_cpu)},
                       {"calm_rate", figures.calm_rate},
                       {"latency_ms", LatencyJson(figures.stanza_times)}}},
                     {"memory", {{"octets_a_stream", figures.octets_a_stream}}},
                     {"mistakes", figures.mistakes}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace danegate
