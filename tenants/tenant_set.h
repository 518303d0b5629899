// TenantSet is all tenants and the edge's own certificates at one time. Copying
// it costs nothing, and a copy that changes shares the rest (persistent_map.h):
// a snapshot is published for each change, at the price of the change (D12).
//
// Thread: a value; what was published as const, any.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tenants/credential_source.h"
#include "tenants/persistent_map.h"
#include "tenants/tenant.h"
#include "verifier/domain.h"

namespace danegate {

class TenantSet {
 public:
  // REQUIRES: the source is not null.
  TenantSet(std::vector<Domain> edge_hosts,
            std::shared_ptr<const CredentialSource> edge_credentials);

  // Serves others for the edge's hosts.
  void SetEdge(std::shared_ptr<const CredentialSource>);
  // Adds the tenant, in the place of one of the same name. REQUIRES: none of
  // its domains, wildcards and targets is another tenant's or an edge host.
  void Put(std::shared_ptr<const Tenant>);
  // Whether there was one.
  bool Remove(std::string_view tenant);

  // The tenant that a domain belongs to, itself or by a wildcard, or null.
  std::shared_ptr<const Tenant> Find(const Domain&) const;
  std::shared_ptr<const Tenant> FindByName(std::string_view tenant) const;
  // A hosted domain: a tenant's. (A peer may not be one: A-20, D3.)
  bool IsHosted(const Domain& domain) const { return Find(domain) != nullptr; }

  struct Served {
    // Null: nobody has the name, and unrecognized_name is the answer.
    std::shared_ptr<const CredentialSource> credentials;
    // Whose; null for an edge host or the default.
    std::shared_ptr<const Tenant> tenant;
  };
  // Which certificate is served (D9, K-2, K-3): SNI if it names a tenant's
  // domain, a tenant's own target or an edge host; else `to`; else the default,
  // which is the edge's - but an SNI that names nobody gets nothing on direct
  // TLS. `sni` is as sent (any case), or empty; `to` is null where the header
  // has none, is not yet there, or is no domain.
  Served Select(std::string_view sni, const Domain* to, bool direct) const;

  std::size_t size() const { return by_name_.size(); }
  // Wildcards and targets do not count.
  std::size_t domain_count() const { return domain_count_; }
  // Calls `visit(const std::shared_ptr<const Tenant>&)` for each tenant, in no
  // order to rely on.
  template <typename Visit>
  void ForEach(const Visit& visit) const {
    by_name_.ForEach(
        [&visit](const std::string&, const auto& tenant) { visit(tenant); });
  }
  // By name, in order. Costs as much as there are tenants.
  std::vector<std::shared_ptr<const Tenant>> tenants() const;

  const std::vector<Domain>& edge_hosts() const { return edge_hosts_; }
  const std::shared_ptr<const CredentialSource>& edge_credentials() const {
    return edge_credentials_;
  }

 private:
  using ByName = PersistentMap<std::shared_ptr<const Tenant>>;

  // Whom a name in SNI belongs to, or nothing.
  std::optional<Served> NamedBy(std::string_view sni) const;
  Served ServedBy(std::shared_ptr<const Tenant>) const;

  ByName by_name_;
  ByName by_domain_;  // domains, and wildcards as "*.acme.example"
  ByName by_target_;
  std::size_t domain_count_ = 0;
  std::vector<Domain> edge_hosts_;
  std::shared_ptr<const CredentialSource> edge_credentials_;
};

}  // namespace danegate
