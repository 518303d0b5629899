#include "proxy/ops/control_answer.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "proxy/ops/log_text.h"

namespace danegate {
namespace {

using Json = nlohmann::ordered_json;

std::string Written(const Json& json) {
  return json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

double Share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return 0;
  return static_cast<double>(part) / static_cast<double>(whole);
}

Json ToJson(const Counters& counters) {
  return {{"accepted", counters.accepted.value()},
          {"open", counters.open.value()},
          {"established", counters.established.value()},
          {"refused", counters.refused.value()},
          {"backend_failed", counters.backend_failed.value()},
          {"stanzas", counters.stanzas.value()},
          {"remembered", counters.remembered.value()}};
}

Json ToJson(const VerifierService::Counters& counters, std::size_t threads) {
  return {{"threads", threads},
          {"requests", counters.requests},
          {"batches", counters.batches},
          {"requests_per_batch", Share(counters.requests, counters.batches)},
          {"joined", counters.joined},
          {"joined_share", Share(counters.joined, counters.requests)},
          {"cache_hits", counters.cache_hits},
          {"cache_hit_share", Share(counters.cache_hits, counters.requests)},
          {"verifications", counters.verifications},
          {"questions", counters.questions}};
}

Json ToJson(const DownBackend& down) {
  Json json = {{"backend", down.target.address()},
               {"check", ToString(down.target.check)}};
  if (down.target.to) json["to"] = down.target.to->ascii();
  json["since"] = ToRfc3339(down.since);
  json["detail"] = down.why;
  return json;
}

Json ToJson(const StreamRecord& record, unsigned shard) {
  Json json = {{"stream", record.stream}, {"shard", shard},
               {"remote", record.remote}, {"listener", record.listener},
               {"peer", record.peer},     {"to", record.to},
               {"tenant", record.tenant}};
  json["outcome"] = record.outcome ? ToString(*record.outcome) : "";
  json["proof"] = record.proof;
  json["backend"] = record.backend;
  json["established"] = record.established;
  json["since"] = ToRfc3339(record.accepted);
  json["stanzas"] = record.stanzas;
  json["bytes_in"] = record.bytes_in;
  json["bytes_out"] = record.bytes_out;
  return json;
}

double ToMilliseconds(std::chrono::microseconds time) {
  return static_cast<double>(time.count()) / 1000.0;
}

Json ToJson(const std::vector<ConfigError>& errors) {
  Json list = Json::array();
  for (const ConfigError& error : errors) {
    list.push_back({{"file", error.file},
                    {"line", error.line},
                    {"column", error.column},
                    {"severity", error.warning ? "warning" : "error"},
                    {"message", error.message}});
  }
  return list;
}

// Of all files.
std::vector<ConfigError> ProblemsOf(const ReloadStatus& status) {
  std::vector<ConfigError> problems;
  for (const auto& [file, errors] : status.problems) {
    problems.insert(problems.end(), errors.begin(), errors.end());
  }
  return problems;
}

Json ToJson(const ReloadStatus& status) {
  return {{"files", status.files},
          {"reloads", status.reloads},
          {"added", status.added},
          {"changed", status.changed},
          {"removed", status.removed},
          {"mistakes", status.mistakes},
          {"last_took_ms", ToMilliseconds(status.last_took)},
          {"certificates_unread", status.audits_left},
          {"waiting", status.waiting},
          {"problems", ToJson(ProblemsOf(status))}};
}

Json ToJson(const Tenant& tenant) {
  Json domains = Json::array();
  for (const Domain& domain : tenant.domains) {
    domains.push_back(domain.ToUnicode());
  }
  for (const Domain& below : tenant.wildcards) {
    domains.push_back("*." + below.ToUnicode());
  }
  Json backends = Json::array();
  for (const Backend& backend : tenant.backends) {
    backends.push_back(backend.ToString());
  }
  return {{"tenant", tenant.name},
          {"domains", domains},
          {"identity", ToString(tenant.identity)},
          {"target", tenant.target ? tenant.target->ascii() : ""},
          {"require", ToString(tenant.policy->require)},
          {"backends", backends},
          {"contact", tenant.contact}};
}

// Who judges by a policy.
struct PolicyUse {
  ProofRequirement require;
  std::vector<std::string> some;
  std::size_t count = 0;
};
using PolicyUses = std::unordered_map<std::uint64_t, PolicyUse>;

PolicyUses UsesOf(const TenantSet& set) {
  constexpr std::size_t kMostNames = 3;
  PolicyUses uses;
  for (const auto& tenant : set.tenants()) {
    PolicyUse& use = uses[tenant->policy->Digest()];
    use.require = tenant->policy->require;
    if (use.count++ < kMostNames) use.some.push_back(tenant->name);
  }
  return uses;
}

}  // namespace

std::string ToJson(const ControlStatus& status) {
  Json down = Json::array();
  for (const auto& backend : status.down) down.push_back(ToJson(backend));
  Json shards = Json::array();
  for (const Counters* counters : status.shards) {
    shards.push_back(ToJson(*counters));
  }
  return Written(
      {{"ok", true},
       {"version", status.version},
       {"uptime_s", status.uptime.count()},
       {"draining", status.draining},
       {"starttls", status.starttls},
       {"direct_tls", status.direct_tls},
       {"tenants", status.tenants.size()},
       {"domains", status.tenants.domain_count()},
       {"reload", ToJson(status.reload)},
       {"backends_down", down},
       {"shards", shards},
       {"verifier", ToJson(status.verifier, status.verifier_threads)}});
}

std::string StreamsJson(const std::vector<StreamList>& lists) {
  std::vector<std::pair<const StreamRecord*, unsigned>> records;
  for (const StreamList& list : lists) {
    for (const StreamRecord& record : list.streams) {
      records.emplace_back(&record, list.shard);
    }
  }
  std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) {
    return a.first->accepted < b.first->accepted;
  });
  Json streams = Json::array();
  for (const auto& [record, shard] : records) {
    streams.push_back(ToJson(*record, shard));
  }
  return Written({{"ok", true}, {"streams", streams}});
}

std::string RefusalsJson(const std::vector<MemoryReply>& replies,
                         const TenantSet& set) {
  const PolicyUses uses = UsesOf(set);
  Json refusals = Json::array();
  for (const MemoryReply& reply : replies) {
    for (const RememberedRefusal& refusal : reply.refusals) {
      Json json = {{"peer", refusal.peer.ascii()},
                   {"outcome", ToString(refusal.outcome)},
                   {"reason", ToString(refusal.reason)},
                   {"left_s", refusal.left.count()},
                   {"remedy", refusal.remedy}};
      // A tenant that is changed may leave a policy that nobody has any more.
      if (const auto use = uses.find(refusal.policy); use != uses.end()) {
        json["require"] = ToString(use->second.require);
        json["tenants"] = use->second.some;
        json["tenant_count"] = use->second.count;
      }
      refusals.push_back(std::move(json));
    }
  }
  return Written({{"ok", true}, {"refusals", refusals}});
}

std::string TenantsJson(const TenantSet& set, const ReloadStatus& status) {
  Json tenants = Json::array();
  for (const auto& tenant : set.tenants()) tenants.push_back(ToJson(*tenant));
  return Written(
      {{"ok", true}, {"tenants", tenants}, {"waiting", status.waiting}});
}

std::string ReloadJson(const ReloadReport& report, const ReloadStatus& status,
                       std::size_t served) {
  auto problems = ProblemsOf(status);
  for (const ConfigError& error : report.changes.errors) {
    const auto known = std::find(problems.begin(), problems.end(), error);
    if (known == problems.end()) problems.push_back(error);
  }
  return Written({{"ok", true},
                  {"added", report.changes.added},
                  {"changed", report.changes.changed},
                  {"removed", report.changes.removed},
                  {"tenants", served},
                  {"names", report.changes.tenants},
                  {"waiting", report.changes.unknown},
                  {"took_ms", ToMilliseconds(report.took)},
                  {"problems", ToJson(problems)}});
}

std::string ForgottenJson(const Domain& peer, std::size_t forgotten) {
  return Written(
      {{"ok", true}, {"peer", peer.ascii()}, {"forgotten", forgotten}});
}

std::string DrainingJson() {
  return Written({{"ok", true}, {"draining", true}});
}

std::string ErrorJson(const std::string& error) {
  return Written({{"ok", false}, {"error", error}});
}

}  // namespace danegate
