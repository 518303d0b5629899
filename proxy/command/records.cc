#include "proxy/command/records.h"

#include <charconv>
#include <cstdio>
#include <utility>

#include "proxy/command/chosen_tenants.h"
#include "proxy/command/exit_status.h"
#include "proxy/command/records/records_report.h"
#include "tenants/config/file_text.h"
#include "tenants/served_chains.h"
#include "verifier/clock.h"
#include "verifier/rfc3339.h"

namespace danegate {
namespace {

constexpr std::size_t kMostOctets = 1 << 20;
constexpr long kMostTtl = 604800;

Result<std::chrono::seconds, std::string> TtlOf(const RecordsRequest& request,
                                                const Settings& settings) {
  if (request.ttl.empty()) return settings.publish.ttl;
  long seconds = 0;
  const char* const end = request.ttl.data() + request.ttl.size();
  const auto read = std::from_chars(request.ttl.data(), end, seconds);
  if (read.ec == std::errc() && read.ptr == end && seconds > 0 &&
      seconds <= kMostTtl) {
    return std::chrono::seconds(seconds);
  }
  return Failure("--ttl: expected seconds, from 1 to " +
                 std::to_string(kMostTtl) + "; found \"" + request.ttl + "\"");
}

Result<std::optional<CertificateChain>, std::string> NextChainOf(
    const RecordsRequest& request) {
  if (request.new_chain_file.empty()) return std::optional<CertificateChain>();
  const auto pem =
      ReadWholeFile(request.new_chain_file, kMostOctets, Secrecy::kPublic);
  if (!pem) return Failure("--new-chain: " + pem.error());
  auto chain = CertificateChain::ParsePem(*pem);
  if (chain) return std::optional(*std::move(chain));
  return Failure("--new-chain " + request.new_chain_file + ": " +
                 chain.error());
}

Result<UnixTime, std::string> StartOf(const RecordsRequest& request) {
  if (request.at.empty()) return ReadNow().wall;
  if (const auto time = FromRfc3339(request.at)) return *time;
  return Failure(
      "--at: expected a time such as 2026-01-31T09:30:00Z; found \"" +
      request.at + "\"");
}

Result<RollOverRequest, std::string> RollOverOf(const RecordsRequest& request,
                                                const Settings& settings) {
  auto next = NextChainOf(request);
  if (!next) return Failure(next.error());
  const auto start = StartOf(request);
  if (!start) return Failure(start.error());
  const auto ttl = TtlOf(request, settings);
  if (!ttl) return Failure(ttl.error());
  return RollOverRequest{*std::move(next), *start, *ttl};
}

// The chain that the tenant could not be served with.
std::string WhyUnfit(const Tenant& tenant, const RollOverRequest& request) {
  if (!request.next || !TlsaFor(tenant.identity, *request.next).empty()) {
    return {};
  }
  return "--new-chain: expected the certificate of the CA that issued the new "
         "one behind it, since " +
         tenant.name + " has identity ca; found one certificate";
}

Result<RecordsReport, std::string> ReportOn(
    const std::vector<std::shared_ptr<const Tenant>>& tenants,
    const Settings& settings, const RollOverRequest& request, bool asked) {
  const auto edge = ChainsOfEdge(settings);
  if (!edge) return Failure(edge.error());
  RecordsReport report{request.ttl, asked, {}};
  for (const auto& tenant : tenants) {
    if (auto why = WhyUnfit(*tenant, request); !why.empty()) {
      return Failure(std::move(why));
    }
    auto chains = ChainsOf(*tenant, settings);
    if (!chains) return Failure(tenant->name + ": " + chains.error());
    auto records = RecordsOf(*tenant, settings, {*chains, *edge});
    auto plans = PlanRollOver(*tenant, records, *chains, request);
    report.tenants.push_back({tenant, std::move(records), std::move(plans)});
  }
  return report;
}

struct Answer {
  RecordsReport report;
  bool has_mistakes;  // in files: they have been told
};

Result<Answer, std::string> Report(const RecordsRequest& request) {
  if (request.all != request.tenant.empty()) {
    return Failure(std::string("expected TENANT or --all, and not both"));
  }
  std::vector<std::string> names;
  if (!request.all) names.push_back(request.tenant);
  const auto chosen = ReadTenants(request.config_file, names);
  if (!chosen) return Failure(chosen.error());
  TellMistakes(*chosen);
  const Settings& settings = chosen->configuration.settings;
  const auto roll_over = RollOverOf(request, settings);
  if (!roll_over) return Failure(roll_over.error());
  auto report =
      ReportOn(chosen->tenants, settings, *roll_over,
               !request.new_chain_file.empty() || !request.at.empty());
  if (!report) return Failure(report.error());
  return Answer{*std::move(report), !chosen->mistakes.empty()};
}

}  // namespace

int RunRecords(const RecordsRequest& request) {
  const auto answer = Report(request);
  if (!answer) {
    std::fprintf(stderr, "danegate records: %s\n", answer.error().c_str());
    return kExitUsage;
  }
  if (request.json) {
    std::puts(ToJson(answer->report).c_str());
  } else {
    std::fputs(ToText(answer->report, Ink::For(stdout)).c_str(), stdout);
  }
  return answer->has_mistakes ? kExitBad : kExitGood;
}

}  // namespace danegate
