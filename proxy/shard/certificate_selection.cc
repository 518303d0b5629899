#include "proxy/shard/certificate_selection.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace danegate {

bool HandshakeRates::Take(const Tenant& tenant, Instant now) {
  const std::size_t rate = tenant.limits.handshakes_per_second;
  if (rate == 0) return true;
  constexpr Duration kSecond = std::chrono::seconds(1);
  const Duration each = kSecond / static_cast<Duration::rep>(rate);
  Instant& full_at = full_at_[tenant.name];
  const Instant filled = std::max(full_at, now) + each;
  if (filled > now + kSecond) return false;
  full_at = filled;
  return true;
}

ServedCertificate CertificateSelection::Select(const TenantSet& tenants,
                                               const WantedName& wanted,
                                               Instant now) {
  auto [source, tenant] = tenants.Select(wanted.sni, wanted.to, wanted.direct);
  if (source == nullptr) return {};
  ServedCertificate served;
  if (tenant != nullptr) {
    served.tenant = tenant->name;
    if (!wanted.again && !rates_.Take(*tenant, now)) {
      served.refusal =
          "the tenant " + tenant->name + " has had its " +
          std::to_string(tenant->limits.handshakes_per_second) +
          " handshakes of this second (limits.handshakes_per_second)";
      return served;
    }
  }
  auto found = cache_.Find(source, now);
  served.credentials = std::move(found.credentials);
  if (served.credentials != nullptr) return served;
  served.refusal = std::move(found.error);
  if (served.refusal.empty()) served.waits_for = source->id();
  return served;
}

}  // namespace danegate
