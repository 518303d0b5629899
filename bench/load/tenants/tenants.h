// danegate-load tenants: writes the configuration of a provider with many
// tenants.
#pragma once

#include <cstddef>
#include <string>

#include "bench/load/tenants/authority.h"
#include "tenants/tenant.h"

namespace danegate {

struct TenantsRequest {
  std::size_t count = 0;
  std::string folder;
  IdentityMode identity = IdentityMode::kCa;
  KeyKind key = KeyKind::kEcdsa;
  std::string domain = "tenants.example";
  std::string backend = "127.0.0.1:5299";
  std::string starttls = "127.0.0.1:5269";
  std::string direct_tls = "127.0.0.1:5270";
  bool haproxy = false;
};

// Returns the exit status.
int RunTenants(const TenantsRequest&);

}  // namespace danegate
