#include "proxy/command/doctor.h"

#include <cstdio>
#include <utility>

#include "proxy/command/chosen_tenants.h"
#include "proxy/command/doctor/doctor_report.h"
#include "proxy/command/exit_status.h"
#include "proxy/command/progress_bar.h"
#include "proxy/ops/process.h"
#include "proxy/ops/trust_store_file.h"

namespace danegate {
namespace {

Result<std::vector<TenantDiagnosis>, std::string> Examine(
    const DoctorRequest& request) {
  auto chosen = ReadTenants(request.config_file, request.tenants);
  if (!chosen) return Failure(chosen.error());
  TellMistakes(*chosen);
  const Configuration& configuration = chosen->configuration;
  const auto roots = ReadTrustStore(configuration.settings.trust_store);
  if (!roots) return Failure(roots.error());
  ProgressBar bar(stderr);
  return MakeRound(
      {configuration, std::move(chosen->tenants), *roots, !request.no_connect,
       [&bar](std::size_t done, std::size_t of) { bar.Show(done, of); }});
}

int ToExitStatus(Health health) {
  switch (health) {
    case Health::kGood:
    case Health::kWarning:
      return kExitGood;
    case Health::kUnknown:
      return kExitIndeterminate;
    case Health::kBad:
      return kExitBad;
  }
  return kExitIndeterminate;
}

}  // namespace

int RunDoctor(const DoctorRequest& request) {
  PrepareProcess();
  const auto diagnoses = Examine(request);
  if (!diagnoses) {
    std::fprintf(stderr, "danegate doctor: %s\n", diagnoses.error().c_str());
    return kExitUsage;
  }
  if (request.json) {
    std::puts(ToJson(*diagnoses).c_str());
  } else {
    std::fputs(ToText(*diagnoses, Ink::For(stdout)).c_str(), stdout);
  }
  return ToExitStatus(HealthOf(*diagnoses));
}

}  // namespace danegate
