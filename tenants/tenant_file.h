// Reading the configuration: the edge's file and the folder of tenant files.
//
// Every error of every file is collected in one run, each with file, line and
// column, what was expected, what came, the nearest right key and what to do.
// How that is done is in tenants/config.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tenants/config/config_error.h"
#include "tenants/config/names.h"
#include "tenants/settings.h"
#include "tenants/tenant_set.h"
#include "verifier/instant.h"

namespace danegate {

struct Configuration {
  Settings settings;
  std::shared_ptr<const TenantSet> tenants;
};

struct ConfigurationResult {
  // Set only if no entry of `errors` is more than a warning.
  std::unique_ptr<Configuration> configuration;
  // The edge's file first, then the tenants' by name; within one by place.
  std::vector<ConfigError> errors;
  std::size_t files = 0;         // how many were read
  std::size_t tenant_count = 0;  // tenants that are good
};

// ReadConfiguration reads FILE and the tenant files that it points to (*.yaml,
// by name; names that begin with a dot are left alone), and all that those
// point to. Relative paths are relative to the file that holds them. Blocks on
// files; not for a shard.
ConfigurationResult ReadConfiguration(const std::string& file, UnixTime now);

// The edge's file alone.
struct EdgeFile {
  // What is good of it; nothing if it is no map of settings at all.
  std::optional<Settings> settings;
  NameClaims claims;  // the edge's own names
  std::vector<ConfigError> errors;
  bool was_read = false;
  bool good = false;  // no entry of `errors` is more than a warning
};
EdgeFile ReadEdge(const std::string& file, UnixTime now);

}  // namespace danegate
