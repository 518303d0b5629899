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

struct Examination {
  std::vector<TenantDiagnosis> diagnoses;
  bool has_mistakes;  // in files: they have been told
};

Result<Examination, std::string> Examine(const DoctorRequest& request) {
  auto chosen = ReadTenants(request.config_file, request.tenants);
  if (!chosen) return Failure(chosen.error());
  TellMistakes(*chosen);
  const Configuration& configuration = chosen->configuration;
  const auto roots = ReadTrustStore(configuration.settings.trust_store);
  if (!roots) return Failure(roots.error());
  ProgressBar bar(stderr);
  auto diagnoses = MakeRound(
      {configuration, std::move(chosen->tenants), *roots, !request.no_connect,
       [&bar](std::size_t done, std::size_t of) { bar.Show(done, of); }});
  if (!diagnoses) return Failure(diagnoses.error());
  return Examination{*std::move(diagnoses), !chosen->mistakes.empty()};
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
  if (const auto why = HideMemory()) {
    std::fprintf(stderr, "danegate doctor: %s\n", why->c_str());
    return kExitUsage;
  }
  PrepareProcess();
  const auto examination = Examine(request);
  if (!examination) {
    std::fprintf(stderr, "danegate doctor: %s\n", examination.error().c_str());
    return kExitUsage;
  }
  const auto& diagnoses = examination->diagnoses;
  if (request.json) {
    std::puts(ToJson(diagnoses).c_str());
  } else {
    std::fputs(ToText(diagnoses, Ink::For(stdout)).c_str(), stdout);
  }
  if (examination->has_mistakes) return kExitBad;
  return ToExitStatus(HealthOf(diagnoses));
}

}  // namespace danegate
