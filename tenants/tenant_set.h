// TenantSet is all tenants and the edge's own certificates at one time: an
// immutable snapshot, shared by the shards. Thread: any.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tenants/tenant.h"
#include "verifier/credential.h"
#include "verifier/domain.h"

namespace danegate {

class TenantSet {
 public:
  // REQUIRES: every domain, target and edge host is named once; no credential
  // is null.
  TenantSet(std::vector<std::shared_ptr<const Tenant>> tenants,
            std::vector<Domain> edge_hosts,
            std::shared_ptr<const Credential> edge_credential);

  // The tenant that a domain belongs to, or null.
  std::shared_ptr<const Tenant> Find(const Domain&) const;
  // A hosted domain: a tenant's. (A peer may not be one: A-20, D3.)
  bool IsHosted(const Domain& domain) const { return Find(domain) != nullptr; }

  struct Served {
    std::shared_ptr<const Credential> credential;  // null: unrecognized_name
    std::string tenant;  // whose; empty for an edge host or the default
  };
  // Which certificate is served (D9, K-2, K-3): SNI if it names a tenant's
  // domain, a tenant's own target or an edge host; else `to`; else the default,
  // which is the edge's - but an SNI that names nobody gets nothing on direct
  // TLS. `sni` is as sent (any case), or empty; `to` is null where the header
  // has none, is not yet there, or is no domain.
  Served Select(std::string_view sni, const Domain* to, bool direct) const;

  const std::vector<std::shared_ptr<const Tenant>>& tenants() const {
    return tenants_;
  }
  const std::vector<Domain>& edge_hosts() const { return edge_hosts_; }

 private:
  // Whom a name in SNI belongs to, or nothing.
  std::optional<Served> NamedBy(std::string_view sni) const;

  std::vector<std::shared_ptr<const Tenant>> tenants_;
  std::unordered_map<Domain, std::shared_ptr<const Tenant>> by_domain_;
  std::unordered_map<Domain, std::shared_ptr<const Tenant>> by_target_;
  std::vector<Domain> edge_hosts_;
  std::shared_ptr<const Credential> edge_credential_;
};

}  // namespace danegate
