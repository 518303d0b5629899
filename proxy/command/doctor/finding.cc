#include "proxy/command/doctor/finding.h"

#include <iterator>

namespace danegate {
namespace {

// In the order of the enumeration.
constexpr std::string_view kWords[] = {
    "dns-failed",
    "dns-bogus",
    "signature-expired",
    "zone-unsigned",
    "host-unsigned",
    "srv-missing",
    "srv-starttls-missing",
    "srv-direct-missing",
    "srv-no-service",
    "srv-wrong-host",
    "srv-wrong-port",
    "srv-no-name",
    "srv-many",
    "target-alias",
    "target-no-address",
    "target-elsewhere",
    "tlsa-missing",
    "tlsa-wrong-port",
    "tlsa-unusable",
    "tlsa-mismatch",
    "tlsa-ca-missing",
    "ca-not-in-chain",
    "sni-mismatch",
    "chain-refused",
    "certificate-ends",
    "certificate-name",
    "posh-unusable",
    "posh-expired",
    "posh-mismatch",
    "posh-wrong-reference",
    "unreachable",
    "served-other",
    "not-proved",
};
static_assert(std::size(kWords) ==
              static_cast<std::size_t>(Mistake::kNotProved) + 1);

}  // namespace

std::string_view ToString(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kUnknown:
      return "unknown";
    case Severity::kWarning:
      return "warning";
  }
  return "unknown";
}

std::string_view ToString(Mistake mistake) {
  return kWords[static_cast<std::size_t>(mistake)];
}

}  // namespace danegate
