#include "tenants/tenant_set.h"

#include <algorithm>
#include <utility>

#include "verifier/check.h"

namespace danegate {
namespace {

std::string WildcardOf(std::string_view parent) {
  return "*." + std::string(parent);
}

}  // namespace

TenantSet::TenantSet(std::vector<Domain> edge_hosts,
                     std::shared_ptr<const CredentialSource> edge_credentials)
    : edge_hosts_(std::move(edge_hosts)),
      edge_credentials_(std::move(edge_credentials)) {
  DANEGATE_CHECK(edge_credentials_ != nullptr);
}

void TenantSet::SetEdge(std::shared_ptr<const CredentialSource> credentials) {
  DANEGATE_CHECK(credentials != nullptr);
  edge_credentials_ = std::move(credentials);
}

void TenantSet::Put(std::shared_ptr<const Tenant> tenant) {
  Remove(tenant->name);
  const auto add = [&tenant](ByName& names, std::string name) {
    DANEGATE_CHECK(names.Find(name) == nullptr);
    names.Set(std::move(name), tenant);
  };
  for (const Domain& domain : tenant->domains) add(by_domain_, domain.ascii());
  for (const Domain& below : tenant->wildcards) {
    add(by_domain_, WildcardOf(below.ascii()));
  }
  if (tenant->target) add(by_target_, tenant->target->ascii());
  domain_count_ += tenant->domains.size();
  std::string name = tenant->name;
  by_name_.Set(std::move(name), std::move(tenant));
}

bool TenantSet::Remove(std::string_view name) {
  const auto tenant = FindByName(name);
  if (tenant == nullptr) return false;
  for (const Domain& domain : tenant->domains) by_domain_.Erase(domain.ascii());
  for (const Domain& below : tenant->wildcards) {
    by_domain_.Erase(WildcardOf(below.ascii()));
  }
  if (tenant->target) by_target_.Erase(tenant->target->ascii());
  domain_count_ -= tenant->domains.size();
  return by_name_.Erase(name);
}

std::shared_ptr<const Tenant> TenantSet::Find(const Domain& domain) const {
  const auto* found = by_domain_.Find(domain.ascii());
  if (found == nullptr) found = by_domain_.Find(WildcardOf(domain.parent()));
  return found == nullptr ? nullptr : *found;
}

std::shared_ptr<const Tenant> TenantSet::FindByName(
    std::string_view name) const {
  const auto* found = by_name_.Find(name);
  return found == nullptr ? nullptr : *found;
}

TenantSet::Served TenantSet::ServedBy(
    std::shared_ptr<const Tenant> tenant) const {
  auto credentials =
      tenant->credentials ? tenant->credentials : edge_credentials_;
  return {std::move(credentials), std::move(tenant)};
}

std::optional<TenantSet::Served> TenantSet::NamedBy(
    std::string_view sni) const {
  const auto name = Domain::Parse(sni);
  if (!name) return std::nullopt;
  if (auto tenant = Find(*name)) return ServedBy(std::move(tenant));
  if (const auto* found = by_target_.Find(name->ascii())) {
    return ServedBy(*found);
  }
  if (std::find(edge_hosts_.begin(), edge_hosts_.end(), *name) !=
      edge_hosts_.end()) {
    return Served{edge_credentials_, nullptr};
  }
  return std::nullopt;
}

TenantSet::Served TenantSet::Select(std::string_view sni, const Domain* to,
                                    bool direct) const {
  if (!sni.empty()) {
    if (auto named = NamedBy(sni)) return *std::move(named);  // K-2
    if (direct) return {};                                    // K-3
  }
  if (to != nullptr) {
    if (auto tenant = Find(*to)) return ServedBy(std::move(tenant));
  }
  return Served{edge_credentials_, nullptr};  // D-56
}

std::vector<std::shared_ptr<const Tenant>> TenantSet::tenants() const {
  std::vector<std::shared_ptr<const Tenant>> tenants;
  tenants.reserve(size());
  ForEach([&tenants](const auto& tenant) { tenants.push_back(tenant); });
  std::sort(tenants.begin(), tenants.end(),
            [](const auto& a, const auto& b) { return a->name < b->name; });
  return tenants;
}

}  // namespace danegate
