// The report for scripts: fields are added to it, never changed.
#include <nlohmann/json.hpp>

#include "proxy/command/records/records_report.h"
#include "verifier/rfc3339.h"

namespace danegate {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const PublishedRecord& record, std::chrono::seconds ttl) {
  return {{"whose", ToString(record.whose)},
          {"zone", record.zone.ascii()},
          {"name", record.owner},
          {"ttl", ttl.count()},
          {"type", record.type},
          {"data", record.data},
          {"line", record.ToLine(ttl)},
          {"purpose", record.purpose}};
}

Json Lines(const std::vector<PublishedRecord>& records,
           std::chrono::seconds ttl) {
  Json lines = Json::array();
  for (const auto& record : records) lines.push_back(record.ToLine(ttl));
  return lines;
}

Json ToJson(const RollOver& plan, std::chrono::seconds ttl) {
  Json steps = Json::array();
  for (const RollOverStep& step : plan.steps) {
    Json json = {{"at", ToRfc3339(step.at)},
                 {"what", step.what},
                 {"publish", Lines(step.publish, ttl)},
                 {"withdraw", Lines(step.withdraw, ttl)}};
    if (!step.document.empty()) json["document"] = Json::parse(step.document);
    steps.push_back(std::move(json));
  }
  return {{"proof", plan.proof}, {"steps", std::move(steps)}};
}

Json ToJson(const TenantReport& report, std::chrono::seconds ttl) {
  Json json = {{"tenant", report.tenant->name},
               {"identity", ToString(report.tenant->identity)},
               {"records", Json::array()},
               {"hosts", Json::array()},
               {"posh", Json::array()},
               {"notes", report.records.notes},
               {"roll_over", Json::array()}};
  for (const auto& record : report.records.records) {
    json["records"].push_back(ToJson(record, ttl));
  }
  for (const auto& host : report.records.hosts) {
    json["hosts"].push_back(
        {{"whose", ToString(host.whose)}, {"name", host.host.ascii()}});
  }
  for (const auto& one : report.records.documents) {
    json["posh"].push_back({{"domain", one.domain.ascii()},
                            {"url", one.url},
                            {"document", Json::parse(one.text)}});
  }
  for (const auto& plan : report.roll_over) {
    json["roll_over"].push_back(ToJson(plan, ttl));
  }
  return json;
}

}  // namespace

std::string ToJson(const RecordsReport& report) {
  Json json = {{"tenants", Json::array()}};
  for (const auto& tenant : report.tenants) {
    json["tenants"].push_back(ToJson(tenant, report.ttl));
  }
  return json.dump(2, ' ', true, Json::error_handler_t::replace);
}

}  // namespace danegate
