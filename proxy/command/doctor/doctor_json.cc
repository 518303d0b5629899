// The report for scripts: fields are added to it, never changed.
#include <nlohmann/json.hpp>

#include "proxy/command/doctor/doctor_report.h"

namespace danegate {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const Finding& finding) {
  return {{"severity", ToString(finding.severity)},
          {"finding", ToString(finding.mistake)},
          {"what", finding.what},
          {"remedy", finding.remedy},
          {"records", finding.records}};
}

Json ToJson(const PeerView& view) {
  return {{"host", view.host},
          {"port", view.port},
          {"tls", view.direct_tls ? "direct" : "starttls"},
          {"sni", view.sni},
          {"outcome", view.outcome},
          {"proof", view.proof},
          {"detail", view.detail}};
}

Json Findings(const std::vector<Finding>& findings) {
  Json list = Json::array();
  for (const Finding& finding : findings) list.push_back(ToJson(finding));
  return list;
}

Json ToJson(const DomainDiagnosis& diagnosis) {
  Json peers = Json::array();
  for (const PeerView& view : diagnosis.views) peers.push_back(ToJson(view));
  return {{"domain", diagnosis.domain.ascii()},
          {"health", ToString(HealthOf(diagnosis.findings))},
          {"peers", std::move(peers)},
          {"findings", Findings(diagnosis.findings)}};
}

Json ToJson(const TenantDiagnosis& diagnosis) {
  Json domains = Json::array();
  for (const auto& domain : diagnosis.domains) {
    domains.push_back(ToJson(domain));
  }
  return {{"tenant", diagnosis.tenant->name},
          {"identity", ToString(diagnosis.tenant->identity)},
          {"health", ToString(HealthOf(diagnosis.findings))},
          {"findings", Findings(diagnosis.findings)},
          {"domains", std::move(domains)}};
}

}  // namespace

std::string ToJson(const std::vector<TenantDiagnosis>& diagnoses) {
  Json tenants = Json::array();
  for (const auto& one : diagnoses) tenants.push_back(ToJson(one));
  const Json json = {{"health", ToString(HealthOf(diagnoses))},
                     {"tenants", std::move(tenants)}};
  return json.dump(2, ' ', true, Json::error_handler_t::replace);
}

}  // namespace danegate
