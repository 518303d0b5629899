#include "tenants/tenant_set.h"

#include <algorithm>
#include <utility>

#include "verifier/check.h"

namespace danegate {

TenantSet::TenantSet(std::vector<std::shared_ptr<const Tenant>> tenants,
                     std::vector<Domain> edge_hosts,
                     std::shared_ptr<const Credential> edge_credential)
    : tenants_(std::move(tenants)),
      edge_hosts_(std::move(edge_hosts)),
      edge_credential_(std::move(edge_credential)) {
  DANEGATE_CHECK(edge_credential_ != nullptr);
  for (const auto& tenant : tenants_) {
    DANEGATE_CHECK(tenant->credential != nullptr);
    for (const auto& domain : tenant->domains) {
      DANEGATE_CHECK(by_domain_.emplace(domain, tenant).second);
    }
    if (tenant->target.has_value()) {
      DANEGATE_CHECK(by_target_.emplace(*tenant->target, tenant).second);
    }
  }
}

std::shared_ptr<const Tenant> TenantSet::Find(const Domain& domain) const {
  const auto found = by_domain_.find(domain);
  return found == by_domain_.end() ? nullptr : found->second;
}

std::optional<TenantSet::Served> TenantSet::NamedBy(
    std::string_view sni) const {
  const auto name = Domain::Parse(sni);
  if (!name) return std::nullopt;
  if (const auto tenant = Find(*name)) {
    return Served{tenant->credential, tenant->name};
  }
  if (const auto found = by_target_.find(*name); found != by_target_.end()) {
    return Served{found->second->credential, found->second->name};
  }
  if (std::find(edge_hosts_.begin(), edge_hosts_.end(), *name) !=
      edge_hosts_.end()) {
    return Served{edge_credential_, {}};
  }
  return std::nullopt;
}

TenantSet::Served TenantSet::Select(std::string_view sni, const Domain* to,
                                    bool direct) const {
  if (!sni.empty()) {
    if (auto named = NamedBy(sni)) return *std::move(named);  // K-2
    if (direct) return Served{nullptr, {}};                   // K-3
  }
  if (to != nullptr) {
    if (const auto tenant = Find(*to)) {
      return Served{tenant->credential, tenant->name};
    }
  }
  return Served{edge_credential_, {}};  // D-56
}

}  // namespace danegate
