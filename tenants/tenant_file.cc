#include "tenants/tenant_file.h"

#include <algorithm>
#include <iterator>
#include <thread>
#include <tuple>
#include <utility>

#include "tenants/config/edge_file.h"
#include "tenants/config/file_text.h"
#include "tenants/config/yaml_limits.h"
#include "tenants/tenant_book.h"

namespace danegate {

EdgeFile ReadEdge(const std::string& file, UnixTime now) {
  EdgeFile edge;
  FileLog log(file);
  const auto text = ReadWholeFile(file, YamlLimits::kOctets, Secrecy::kPublic);
  if (text) {
    edge.was_read = true;
    edge.settings = ReadEdgeFile(*text, now, &edge.claims, &log);
  } else {
    log.Error({}, text.error());
  }
  edge.errors = log.errors();
  std::stable_sort(edge.errors.begin(), edge.errors.end(),
                   [](const ConfigError& a, const ConfigError& b) {
                     return std::tie(a.line, a.column) <
                            std::tie(b.line, b.column);
                   });
  edge.good = log.ok() && edge.settings.has_value();
  return edge;
}

ConfigurationResult ReadConfiguration(const std::string& file, UnixTime now) {
  ConfigurationResult result;
  EdgeFile edge = ReadEdge(file, now);
  result.errors = std::move(edge.errors);
  result.files = edge.was_read ? 1 : 0;
  if (!edge.settings || edge.settings->tenants_folder.empty()) return result;
  TenantBook book(*edge.settings, std::move(edge.claims));
  TenantChanges changes = book.ReadAll(ReadingDepth::kMaterial, now,
                                       std::thread::hardware_concurrency());
  result.files += changes.files_read;
  result.tenant_count = book.tenants().size();
  std::move(changes.errors.begin(), changes.errors.end(),
            std::back_inserter(result.errors));
  const bool good =
      edge.good &&
      std::all_of(result.errors.begin(), result.errors.end(),
                  [](const ConfigError& error) { return error.warning; });
  if (good) {
    result.configuration = std::make_unique<Configuration>(
        Configuration{*std::move(edge.settings),
                      std::make_shared<const TenantSet>(book.tenants())});
  }
  return result;
}

}  // namespace danegate
