// What the three identity modes ask of a tenant's certificate (D9, K-1).
#pragma once

#include <memory>
#include <vector>

#include "tenants/config/config_error.h"
#include "tenants/config/fields.h"
#include "tenants/tenant.h"
#include "verifier/credential.h"
#include "verifier/instant.h"

namespace danegate {

// A domain and where it stands.
struct LocatedDomain {
  Domain domain;
  Position at;
};

// ReadIdentity gives the certificate that the tenant is served with:
//
//   edge-key    the tenant's, which must have the edge's key, so that the edge
//               host's one `3 1 1` record fits; or, without `certificate`, the
//               edge's own, which peers accept by usage 3 only (D-42)
//   own-target  the tenant's, with a key of its own; TLSA stand under `target`
//   ca          the tenant's, with the issuing CA behind it in the chain, so
//               that the edge host's `2 1 1` record can match (D-45)
//
// A tenant's certificate must name each of `domains`. Null if something is
// wrong, which `log` then says; also, silently, if `edge` is null and needed.
std::shared_ptr<const Credential> ReadIdentity(
    const Fields& tenant, IdentityMode,
    const std::vector<LocatedDomain>& domains,
    const std::shared_ptr<const Credential>& edge, UnixTime now, FileLog* log);

}  // namespace danegate
