#include "proxy/command/chosen_tenants.h"

#include <algorithm>
#include <cstdio>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include "tenants/config/spelling.h"
#include "tenants/tenant_book.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

constexpr std::size_t kMostGuesses = 3;

// "; did you mean "acme" or "acne"?", or how to see them all.
std::string Guess(const std::string& written, const TenantSet& tenants) {
  std::vector<std::string_view> names;
  for (const auto& tenant : tenants.tenants()) names.push_back(tenant->name);
  std::string guess;
  for (std::size_t i = 0; i < kMostGuesses; ++i) {
    const auto nearest = NearestWord(written, names);
    if (nearest.empty()) break;
    guess += (guess.empty() ? "; did you mean \"" : " or \"") +
             std::string(nearest) + "\"";
    std::erase(names, nearest);
  }
  return guess.empty() ? "; danegate check names the files of all tenants"
                       : guess + "?";
}

std::vector<ConfigError> WithoutWarnings(std::vector<ConfigError> errors) {
  std::erase_if(errors, [](const ConfigError& error) { return error.warning; });
  return errors;
}

std::string Told(const std::vector<ConfigError>& errors) {
  std::string text =
      "--config: the configuration has errors; see danegate "
      "check";
  for (const ConfigError& error : WithoutWarnings(errors)) {
    text += "\n" + error.ToString();
  }
  return text;
}

Result<std::vector<std::shared_ptr<const Tenant>>, std::string> Choose(
    const TenantSet& tenants, const std::vector<std::string>& names) {
  if (names.empty()) return tenants.tenants();
  std::vector<std::shared_ptr<const Tenant>> chosen;
  for (const std::string& name : names) {
    const auto& all = tenants.tenants();
    const auto found = std::find_if(
        all.begin(), all.end(),
        [&name](const auto& tenant) { return tenant->name == name; });
    if (found == all.end()) {
      return Failure("expected the name of a tenant; found \"" + name + "\"" +
                     Guess(name, tenants));
    }
    chosen.push_back(*found);
  }
  return chosen;
}

// What is wrong with the certificates of those that were named. The book then
// has them as they are at ReadingDepth::kMaterial, or as far as that is good.
Result<std::vector<ConfigError>, std::string> LookInto(
    const std::vector<std::string>& names, UnixTime now, TenantBook* book) {
  const auto tenants = Choose(book->tenants(), names);
  if (!tenants) return Failure(tenants.error());
  std::set<std::string> paths;
  for (const auto& tenant : *tenants) {
    if (tenant->credentials == nullptr) continue;
    for (const CredentialFiles& files : tenant->credentials->files()) {
      paths.insert(files.chain);
    }
  }
  return WithoutWarnings(
      book->Look({paths.begin(), paths.end()}, now, {}).errors);
}

}  // namespace

Result<Settings, std::string> ReadSettings(const std::string& file) {
  EdgeFile edge = ReadEdge(file, ReadNow().wall);
  if (!edge.good) return Failure(Told(edge.errors));
  return *std::move(edge.settings);
}

Result<ChosenTenants, std::string> ReadTenants(
    const std::string& file, const std::vector<std::string>& names,
    const std::string& option) {
  const UnixTime now = ReadNow().wall;
  EdgeFile edge = ReadEdge(file, now);
  if (!edge.good) return Failure(Told(edge.errors));
  TenantBook book(*edge.settings, std::move(edge.claims));
  const auto depth =
      names.empty() ? ReadingDepth::kMaterial : ReadingDepth::kSettings;
  const auto errors = WithoutWarnings(
      book.ReadAll(depth, now, std::thread::hardware_concurrency()).errors);
  if (names.empty() && !errors.empty() && book.tenants().size() == 0) {
    return Failure(Told(errors));
  }
  auto mistakes = names.empty()
                      ? Result<std::vector<ConfigError>, std::string>(errors)
                      : LookInto(names, now, &book);
  if (!mistakes) {
    return Failure(errors.empty() ? option + mistakes.error() : Told(errors));
  }
  auto tenants = Choose(book.tenants(), names);
  if (!tenants) return Failure(option + tenants.error());
  return ChosenTenants{{*std::move(edge.settings),
                        std::make_shared<const TenantSet>(book.tenants())},
                       *std::move(tenants),
                       *std::move(mistakes)};
}

void TellMistakes(const ChosenTenants& chosen) {
  for (const ConfigError& mistake : chosen.mistakes) {
    std::fprintf(stderr, "%s\n", mistake.ToString().c_str());
  }
}

}  // namespace danegate
