// danegate-load scenario: writes all that a whole measurement needs.
#pragma once

#include <cstddef>
#include <string>

#include "tenants/tenant.h"

namespace danegate {

struct ScenarioRequest {
  std::string folder;
  std::size_t tenants = 0;
  std::size_t peers = 0;
  std::string starttls = "127.0.0.1:5269";
  std::string direct_tls = "127.0.0.1:5270";
  std::string backend = "127.0.0.1:5299";
  BackendTls backend_tls = BackendTls::kStartTls;
  std::string dns = "127.0.0.1:15353";
  std::size_t shards = 0;
  bool haproxy = false;
};

// Returns the exit status.
int RunScenario(const ScenarioRequest&);

}  // namespace danegate
