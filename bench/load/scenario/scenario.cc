#include "bench/load/scenario/scenario.h"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "bench/load/fail.h"
#include "bench/load/figures.h"
#include "bench/load/scenario/scenario_plan.h"
#include "bench/load/tenants/tenant_names.h"
#include "proxy/command/exit_status.h"
#include "proxy/command/text_table.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

Result<ConfiguredAddress, std::string> ToAddress(const char* option,
                                                 const std::string& text) {
  auto address = ParseConfiguredAddress(text);
  if (!address) return Failure(std::string(option) + ": " + address.error());
  return address;
}

Result<ScenarioPlan, std::string> ToPlan(const ScenarioRequest& request) {
  const auto starttls = ToAddress("--starttls", request.starttls);
  const auto direct_tls = ToAddress("--direct-tls", request.direct_tls);
  const auto backend = ToAddress("--backend", request.backend);
  const auto dns = ToAddress("--dns", request.dns);
  for (const auto* address : {&starttls, &direct_tls, &backend, &dns}) {
    if (!*address) return Failure(address->error());
  }
  std::error_code error;
  const auto folder = std::filesystem::absolute(request.folder, error);
  if (error) return Failure("--out: " + error.message());
  return ScenarioPlan{folder.lexically_normal().string(),
                      request.tenants,
                      request.peers,
                      *starttls,
                      *direct_tls,
                      *backend,
                      request.backend_tls,
                      *dns,
                      request.shards,
                      request.haproxy};
}

void PrintSummary(const ScenarioRequest& request, Duration took) {
  const std::string& folder = request.folder;
  std::printf(
      "%s: %s tenants, %s peers, in %s s\n", folder.c_str(),
      ToGrouped(request.tenants).c_str(), ToGrouped(request.peers).c_str(),
      ToDecimal(std::chrono::duration<double>(took).count(), 1).c_str());
  TextTable next;
  next.Add({"serve the DNS",
            "nsd -d -c " + folder + "/" + kDnsFolder + "/nsd.conf"});
  next.Add(
      {"serve the edge", "danegate run --config " + folder + "/danegate.yaml"});
  next.Add({"open streams",
            "danegate-load streams --target " + request.starttls +
                " --starttls --names " + folder + "/" + kNamesFile +
                " --peers " + folder + "/" + kPeersFolder + " --backend " +
                request.backend + " --backend-tls " +
                std::string(ToString(request.backend_tls)) +
                " --backend-certificate " + folder +
                "/backend.pem --backend-key " + folder + "/backend.key"});
  std::fputs(next.ToText(Ink::For(stdout)).c_str(), stdout);
}

}  // namespace

int RunScenario(const ScenarioRequest& request) {
  const Now began = ReadNow();
  const auto plan = ToPlan(request);
  if (!plan) return Fail(kExitUsage, plan.error());
  if (std::string why = WriteScenario(*plan, began.wall); !why.empty()) {
    return Fail(kExitBad, why);
  }
  PrintSummary(request, ReadNow().monotonic - began.monotonic);
  return kExitGood;
}

}  // namespace danegate
