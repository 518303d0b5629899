// One tenant's file: the tenant, and the checks that it can be served.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tenants/config/config_error.h"
#include "tenants/config/credential_files.h"
#include "tenants/config/names.h"
#include "tenants/settings.h"
#include "tenants/tenant.h"
#include "verifier/instant.h"

namespace danegate {

// What tenants are checked against. Shared by the files of one run.
struct TenantSurroundings {
  UnixTime now;
  // Null if the edge's own certificate is bad: what depends on it is not
  // checked then.
  std::shared_ptr<const Credential> edge_credential;
  std::vector<ListenAddress> listeners;  // the edge's own
  NameClaims domains;                    // of tenants and of the edge
  NameClaims tenants;                    // the tenants' names
  TrustFiles trust;
};

// ReadTenantFile reports every mistake to `log`. A tenant comes back only if
// there is none; warnings do not count.
std::shared_ptr<const Tenant> ReadTenantFile(const std::string& text,
                                             TenantSurroundings*, FileLog* log);

}  // namespace danegate
