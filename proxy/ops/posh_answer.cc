#include "proxy/ops/posh_answer.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "verifier/posh_document.h"
#include "verifier/x509/certificate_summary.h"

namespace danegate {
namespace {

constexpr std::string_view kBefore = "/posh/";
constexpr std::string_view kBehind = ".json";

// Only names that are hosted are told from others: who is a tenant, the DNS
// tells anybody too.
std::optional<Domain> DomainIn(std::string_view path) {
  if (!path.starts_with(kBefore) || !path.ends_with(kBehind)) {
    return std::nullopt;
  }
  path.remove_prefix(kBefore.size());
  if (path.size() <= kBehind.size()) return std::nullopt;
  path.remove_suffix(kBehind.size());
  auto domain = Domain::Parse(path);
  if (!domain) return std::nullopt;
  return *std::move(domain);
}

}  // namespace

PoshAnswer AnswerPosh(std::string_view method, std::string_view path,
                      const TenantSet& tenants, const Settings& settings,
                      PoshChains& chains, Now now) {
  if (method != "GET" && method != "HEAD") {
    return {405, "expected GET or HEAD\n"};
  }
  const PoshAnswer none{404, "expected /posh/DOMAIN.json of a hosted domain\n"};
  const auto domain = DomainIn(path);
  if (!domain || !tenants.IsHosted(*domain)) return none;
  const auto source =
      tenants.Select(domain->ascii(), nullptr, false).credentials;
  if (source == nullptr) return none;
  const auto served = chains.Of(*source, now.monotonic);
  if (!served) return {503, "the certificate cannot be read just now\n"};
  std::vector<CertificateChain> valid;
  std::chrono::seconds expires = settings.posh_expires;
  for (const CertificateChain& chain : *served) {
    const auto left = CertificateSummary::Of(chain.der(0)).not_after - now.wall;
    if (left.count() <= 0) continue;
    expires = std::min(expires, left);
    valid.push_back(chain);
  }
  if (valid.empty()) return none;
  return {200, WritePoshFingerprints(valid, expires)};
}

}  // namespace danegate
