#include "bench/load/tenants/tenants.h"

#include <cstdio>
#include <utility>

#include "bench/load/fail.h"
#include "bench/load/figures.h"
#include "bench/load/tenants/numbered_work.h"
#include "bench/load/tenants/output_folder.h"
#include "bench/load/tenants/provider.h"
#include "bench/load/tenants/tenant_names.h"
#include "proxy/command/exit_status.h"
#include "proxy/command/text_table.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

Result<ProviderPlan, std::string> ToPlan(const TenantsRequest& request) {
  auto suffix = Domain::Parse(request.domain);
  if (!suffix || !Domain::Parse("t000001.edge." + suffix->ascii())) {
    return Failure(
        "--domain: expected a domain that names fit below, such as "
        "tenants.example; found \"" +
        Printable(request.domain) + "\"");
  }
  auto backend = ParseConfiguredAddress(request.backend);
  if (!backend) return Failure("--backend: " + backend.error());
  auto starttls = ParseConfiguredAddress(request.starttls);
  if (!starttls) return Failure("--starttls: " + starttls.error());
  auto direct_tls = ParseConfiguredAddress(request.direct_tls);
  if (!direct_tls) return Failure("--direct-tls: " + direct_tls.error());
  return ProviderPlan{request.folder,
                      request.count,
                      request.identity,
                      request.key,
                      *suffix,
                      *backend,
                      *starttls,
                      *direct_tls,
                      request.haproxy,
                      {},
                      {},
                      {}};
}

void PrintSummary(const TenantsRequest& request, FolderState state,
                  Duration took) {
  const std::string& folder = request.folder;
  std::printf(
      "%s: %s tenants%s, in %s s\n", folder.c_str(),
      ToGrouped(request.count).c_str(),
      state == FolderState::kReplaced ? ", in place of those that were there"
                                      : "",
      ToDecimal(std::chrono::duration<double>(took).count(), 1).c_str());
  TextTable next;
  next.Add(
      {"serve them", "danegate run --config " + folder + "/danegate.yaml"});
  next.Add({"ask for them", "danegate-load handshakes --target " +
                                request.direct_tls + " --names " + folder +
                                "/" + kNamesFile + " --expect " + folder});
  std::fputs(next.ToText(Ink::For(stdout)).c_str(), stdout);
}

}  // namespace

int RunTenants(const TenantsRequest& request) {
  const Now began = ReadNow();
  auto plan = ToPlan(request);
  if (!plan) return Fail(kExitUsage, plan.error());
  const auto state = PrepareFolder(
      request.folder, {request.count, request.haproxy ? request.count : 0});
  if (!state) return Fail(kExitBad, state.error());
  const Provider provider(*std::move(plan), began.wall);
  std::string why = provider.WriteEdge();
  if (why.empty()) {
    why = DoNumbered(request.count, "tenants", [&](std::size_t number) {
      return provider.WriteTenant(number);
    });
  }
  if (!why.empty()) return Fail(kExitBad, why);
  PrintSummary(request, *state, ReadNow().monotonic - began.monotonic);
  return kExitGood;
}

}  // namespace danegate
