#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "bench/load/options.h"
#include "bench/load/scenario/scenario_plan.h"
#include "bench/load/word_option.h"
#include "tenants/config/tenant_folder.h"

namespace danegate {
namespace {

void AddAddress(CLI::App* app, const char* name, std::string& value,
                const char* what) {
  app->add_option(name, value, what)->option_text("ADDRESS:PORT");
}

void AddAddresses(CLI::App* scenario, ScenarioRequest& request) {
  AddAddress(scenario, "--starttls", request.starttls,
             "Where the edge listens; default 127.0.0.1:5269");
  AddAddress(scenario, "--direct-tls", request.direct_tls,
             "Where the edge listens; default 127.0.0.1:5270");
  AddAddress(scenario, "--backend", request.backend,
             "The server of all tenants; default 127.0.0.1:5299");
  AddWord(
      scenario, "--backend-tls", request.backend_tls,
      {{"starttls", BackendTls::kStartTls}, {"direct", BackendTls::kDirect}},
      "starttls or direct; default starttls");
  AddAddress(scenario, "--dns", request.dns,
             "Where NSD listens; default 127.0.0.1:15353");
}

}  // namespace

CLI::App* AddScenario(CLI::App* app, LoadCommandLine* line) {
  ScenarioRequest& request = line->scenario;
  auto* const scenario = app->add_subcommand(
      "scenario", "Write tenants, peers and their DNS for a measurement");
  scenario
      ->add_option("--out", request.folder,
                   "A new or empty folder, or one that was written before")
      ->option_text("FOLDER")
      ->required();
  scenario->add_option("--tenants", request.tenants, "How many")
      ->option_text("N")
      ->check(CLI::Range(std::size_t{1}, kMaxTenantFiles))
      ->required();
  scenario->add_option("--peers", request.peers, "How many")
      ->option_text("M")
      ->check(CLI::Range(std::size_t{1}, kMostPeers))
      ->required();
  AddAddresses(scenario, request);
  scenario
      ->add_option("--shards", request.shards,
                   "Of the edge; default 0, one per core")
      ->option_text("N")
      ->check(CLI::Range(0, 1024));
  scenario->add_flag("--haproxy", request.haproxy,
                     "Write haproxy/NAME.pem, for `bind … ssl crt`, too");
  scenario->footer(
      "The tenants are as `tenants` writes them; the peers are "
      "p000001.peers.example, …,\neach proved by DANE. The zones are signed "
      "for "
      "30 days (ldnsutils), for NSD to serve.\nExit status: 0, or 1 if it "
      "could "
      "not be written.");
  return scenario;
}

}  // namespace danegate
