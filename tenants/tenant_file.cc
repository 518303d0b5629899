#include "tenants/tenant_file.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <system_error>
#include <tuple>
#include <utility>

#include "tenants/config/edge_file.h"
#include "tenants/config/file_text.h"
#include "tenants/config/tenant_reader.h"
#include "tenants/config/yaml_reader.h"

namespace danegate {
namespace {

namespace fs = std::filesystem;

// The *.yaml files of the folder, by name.
std::vector<std::string> ListTenantFiles(const std::string& folder,
                                         FileLog* log) {
  std::vector<std::string> files;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const fs::path path = entry->path();
    if (path.filename().native().starts_with('.')) continue;
    if (path.extension() == ".yaml") files.push_back(path.string());
    if (path.extension() != ".yml") continue;
    log->Warn({}, InQuotes(path.filename().string()) +
                      " is not read; tenant files end in .yaml");
  }
  if (error) {
    log->Error({}, "cannot read the folder of tenant files: " +
                       error.message() + "; make it, or change \"tenants\"");
  } else if (files.empty()) {
    log->Warn({}, "no tenant file (*.yaml) here: nobody is served");
  }
  std::sort(files.begin(), files.end());
  if (files.size() > kMaxTenantFiles) {
    log->Error({}, "expected at most " + std::to_string(kMaxTenantFiles) +
                       " tenant files; found " + std::to_string(files.size()));
    files.clear();
  }
  return files;
}

// One reading of the edge's file and the tenants' files.
class Reading {
 public:
  Reading(const std::string& file, UnixTime now) : file_(file) {
    around_.now = now;
  }

  ConfigurationResult Run() {
    std::optional<Settings> settings = ReadEdge();
    if (settings && !settings->tenants_folder.empty()) {
      ReadTenants(settings->tenants_folder);
    }
    result_.tenant_count = tenants_.size();
    if (ok_ && settings) Accept(*std::move(settings));
    return std::move(result_);
  }

 private:
  std::optional<Settings> ReadEdge() {
    FileLog log(file_);
    std::optional<Settings> settings;
    if (const auto text = ReadText(&log)) {
      settings = ReadEdgeFile(*text, around_.now, &around_.domains, &log);
    }
    if (settings) TakeSurroundings(*settings);
    Collect(log);
    return settings;
  }

  void TakeSurroundings(const Settings& settings) {
    around_.edge_credential = settings.edge_credential;
    around_.listeners = settings.starttls;
    around_.listeners.insert(around_.listeners.end(),
                             settings.direct_tls.begin(),
                             settings.direct_tls.end());
  }

  void ReadTenants(const std::string& folder) {
    FileLog folder_log(folder);
    const auto files = ListTenantFiles(folder, &folder_log);
    Collect(folder_log);
    for (const auto& file : files) {
      FileLog log(file);
      if (const auto text = ReadText(&log)) {
        if (auto tenant = ReadTenantFile(*text, &around_, &log)) {
          tenants_.push_back(std::move(tenant));
        }
      }
      Collect(log);
    }
  }

  std::optional<std::string> ReadText(FileLog* log) {
    auto text =
        ReadWholeFile(log->file(), YamlLimits::kOctets, Secrecy::kPublic);
    if (!text) {
      log->Error({}, text.error());
      return std::nullopt;
    }
    ++result_.files;
    return *std::move(text);
  }

  void Collect(const FileLog& log) {
    ok_ = ok_ && log.ok();
    std::vector<ConfigError> errors = log.errors();
    std::stable_sort(errors.begin(), errors.end(),
                     [](const ConfigError& a, const ConfigError& b) {
                       return std::tie(a.line, a.column) <
                              std::tie(b.line, b.column);
                     });
    std::move(errors.begin(), errors.end(), std::back_inserter(result_.errors));
  }

  void Accept(Settings settings) {
    auto tenants = std::make_shared<const TenantSet>(
        std::move(tenants_), settings.edge_hosts, settings.edge_credential);
    result_.configuration = std::make_unique<Configuration>(
        Configuration{std::move(settings), std::move(tenants)});
  }

  std::string file_;
  TenantSurroundings around_;
  std::vector<std::shared_ptr<const Tenant>> tenants_;
  ConfigurationResult result_;
  bool ok_ = true;
};

}  // namespace

ConfigurationResult ReadConfiguration(const std::string& file, UnixTime now) {
  return Reading(file, now).Run();
}

}  // namespace danegate
