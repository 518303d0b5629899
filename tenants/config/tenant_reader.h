// One tenant's file: what it says, and the checks that it can be served.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tenants/config/config_error.h"
#include "tenants/config/credential_files.h"
#include "tenants/config/file_stamp.h"
#include "tenants/config/identity_check.h"
#include "tenants/config/names.h"
#include "tenants/settings.h"
#include "tenants/tenant.h"
#include "verifier/instant.h"

namespace danegate {

// What tenants are checked against.
struct TenantSurroundings {
  UnixTime now;
  ReadingDepth depth = ReadingDepth::kMaterial;
  // Null if the edge's own certificate is bad: what depends on it is not
  // checked then.
  std::shared_ptr<const Credential> edge_credential;
  std::vector<ListenAddress> listeners;  // the edge's own
  const NameClaims* edge_names;          // no tenant may have them
  TrustFiles* trust;                     // shared by all readings
};

struct LocatedName {
  std::string name;
  Position at;
};

// What one file says. Whether its names are free is for the caller to find out:
// that is a matter of all files (tenant_book.h).
struct TenantReading {
  // Null if there is a mistake; warnings do not count. Nobody else's yet.
  std::shared_ptr<Tenant> tenant;
  CredentialSet loaded;             // at ReadingDepth::kMaterial
  std::optional<LocatedName> name;  // the tenant's
  // What it wants to have: domains, wildcards as "*.acme.example", the target.
  std::vector<LocatedName> claims;
  // The other files that it rests on, absolute: chains, keys, roots.
  std::vector<RestedOn> rests_on;
};

// ReadTenantFile reports every mistake to `log`. Thread: any, several at a
// time.
TenantReading ReadTenantFile(const std::string& text, const TenantSurroundings&,
                             FileLog* log);

}  // namespace danegate
