#include "proxy/shard/health/health_target.h"

#include <unordered_set>
#include <utility>

#include "verifier/hmac.h"

namespace danegate {

std::optional<HealthTarget> HealthTarget::Of(const Tenant& tenant,
                                             const Backend& backend) {
  if (backend.health_check == HealthCheck::kOff) return std::nullopt;
  HealthTarget target{
      backend.host,         backend.port,   backend.tls, backend.proxy_protocol,
      backend.health_check, backend.secret, std::nullopt};
  if (backend.health_check == HealthCheck::kXmpp && !tenant.domains.empty()) {
    target.to = tenant.domains.front();
  }
  return target;
}

std::string HealthTarget::Key() const {
  std::string key = address() + " " + std::string(ToString(tls)) + " " +
                    std::string(ToString(proxy_protocol)) + " " +
                    std::string(ToString(check));
  if (!secret.empty()) key += " " + std::string(AsText(HexSha256(secret)));
  if (to) key += " " + to->ascii();
  return key;
}

std::string HealthTarget::address() const {
  Backend backend;
  backend.host = host;
  backend.port = port;
  return backend.ToString();
}

std::vector<HealthTarget> HealthTargetsOf(
    std::span<const std::shared_ptr<const Tenant>> tenants) {
  std::vector<HealthTarget> targets;
  std::unordered_set<std::string> keys;
  for (const auto& tenant : tenants) {
    for (const Backend& backend : tenant->backends) {
      auto target = HealthTarget::Of(*tenant, backend);
      if (target && keys.insert(target->Key()).second) {
        targets.push_back(*std::move(target));
      }
    }
  }
  return targets;
}

}  // namespace danegate
