// What the three identity modes ask of a tenant's certificates (D9, K-1).
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "tenants/config/config_error.h"
#include "tenants/config/fields.h"
#include "tenants/config/file_stamp.h"
#include "tenants/credential_source.h"
#include "tenants/tenant.h"
#include "verifier/credential.h"
#include "verifier/instant.h"

namespace danegate {

// A domain and where it stands; or with `below` the domains one label below it.
struct LocatedDomain {
  Domain domain;
  Position at;
  bool below = false;
};

// How far a reading goes.
enum class ReadingDepth {
  kSettings,  // what the tenant's file says
  kMaterial,  // and the certificates and keys that it points to
};

// What the certificates must fit.
struct IdentityDemands {
  std::optional<IdentityMode> mode;  // nothing if it is bad: not checked
  const std::vector<LocatedDomain>& domains;
  // Null if it is bad: what depends on it is not checked then.
  const Credential* edge;
  // The files of the tenant's certificates as they were before this reading.
  const std::vector<RestedOn>& rests_on;
  UnixTime now;
  ReadingDepth depth;
};

struct IdentityReading {
  // Null: the edge's are served, or there is a mistake.
  std::shared_ptr<const CredentialSource> source;
  // At kMaterial, one for each pair of files of the source.
  CredentialSet loaded;
};

// ReadIdentity gives the certificates that the tenant is served with:
//
//   edge-key    the tenant's, which must have the edge's key, so that the edge
//               host's one `3 1 1` record fits; or, without `certificate`, the
//               edge's own, which peers accept by usage 3 only (D-42)
//   own-target  the tenant's, with a key of its own; TLSA stand under `target`
//   ca          the tenant's, with the issuing CA behind it in the chain, so
//               that the edge host's `2 1 1` record can match (D-45)
//
// Each certificate must name each of the domains, those below one by a
// wildcard. `log` says what is wrong.
IdentityReading ReadIdentity(const Fields& tenant, const IdentityDemands&,
                             FileLog* log);

}  // namespace danegate
