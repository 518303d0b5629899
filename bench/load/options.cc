#include "bench/load/options.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <map>
#include <string>

#include "tenants/tenant_file.h"

namespace danegate {
namespace {

template <typename Value>
using Words = std::map<std::string, Value>;

// An option whose value is one of a few words.
template <typename Value>
CLI::Option* AddWord(CLI::App* app, const char* name, Value& value,
                     const Words<Value>& words, const char* what) {
  return app
      ->add_option_function<std::string>(
          name,
          [&value, words](const std::string& word) { value = words.at(word); },
          what)
      ->option_text("WORD")
      ->check(CLI::IsMember(words));
}

}  // namespace

CLI::App* AddTenants(CLI::App* app, LoadCommandLine* line) {
  TenantsRequest& request = line->tenants;
  auto* const tenants =
      app->add_subcommand("tenants", "Write a configuration with many tenants");
  tenants->add_option("--count", request.count, "How many")
      ->option_text("N")
      ->check(CLI::Range(std::size_t{1}, kMaxTenantFiles))
      ->required();
  tenants
      ->add_option("--out", request.folder,
                   "A new or empty folder, or one that was written before")
      ->option_text("FOLDER")
      ->required();
  AddWord(tenants, "--identity", request.identity,
          {{"ca", IdentityMode::kCa},
           {"edge-key", IdentityMode::kEdgeKey},
           {"own-target", IdentityMode::kOwnTarget}},
          "ca, edge-key or own-target; default ca");
  AddWord(tenants, "--key", request.key,
          {{"ecdsa", KeyKind::kEcdsa}, {"rsa", KeyKind::kRsa}},
          "ecdsa: P-256, default; rsa: 2048 bits, a few for all");
  tenants
      ->add_option("--domain", request.domain,
                   "The tenants are below it; default tenants.example")
      ->option_text("DOMAIN");
  tenants
      ->add_option("--backend", request.backend,
                   "The server of all of them; default 127.0.0.1:5299")
      ->option_text("ADDRESS:PORT");
  tenants
      ->add_option("--starttls", request.starttls,
                   "Where the edge listens; default 127.0.0.1:5269")
      ->option_text("ADDRESS:PORT");
  tenants
      ->add_option("--direct-tls", request.direct_tls,
                   "Where the edge listens; default 127.0.0.1:5270")
      ->option_text("ADDRESS:PORT");
  tenants->add_flag("--haproxy", request.haproxy,
                    "Write haproxy/NAME.pem, for `bind … ssl crt`, too");
  tenants->footer(
      "The tenants are t000001, t000002, …, with the domains "
      "t000001.tenants.example, …,\nwhich names.txt lists.\n"
      "Exit status: 0, or 1 if it could not be written.");
  return tenants;
}

}  // namespace danegate
