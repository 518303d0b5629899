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
      ->check(Between(std::size_t{1}, kMaxTenantFiles))
      ->required();
  scenario->add_option("--peers", request.peers, "How many")
      ->option_text("M")
      ->check(Between(std::size_t{1}, kMostPeers))
      ->required();
  AddAddresses(scenario, request);
  scenario
      ->add_option("--shards", request.shards,
                   "Of the edge; default 0, one per core")
      ->option_text("N")
      ->check(Between(std::uint64_t{0}, std::uint64_t{256}));
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

CLI::App* AddDemo(CLI::App* app, LoadCommandLine* line) {
  DemoRequest& request = line->demo;
  auto* const demo = app->add_subcommand(
      "demo", "Show what danegate carries on this machine, from nothing");
  demo->add_option("--streams", request.streams, "At a time; default 500")
      ->option_text("N")
      ->check(Between(std::size_t{1}, std::size_t{9000}));
  demo->add_option("--tenants", request.tenants, "How many; default 10")
      ->option_text("N")
      ->check(Between(std::size_t{1}, kMaxTenantFiles));
  demo->add_option("--peers", request.peers, "How many; default 100")
      ->option_text("M")
      ->check(Between(std::size_t{1}, kMostPeers));
  demo->add_option("--duration", request.seconds,
                   "Of each of the three loads; default 3")
      ->option_text("SECONDS")
      ->check(Between(0.1, 3600.0));
  demo->add_option("--folder", request.folder,
                   "Keep everything there; default: a temporary one")
      ->option_text("FOLDER");
  demo->add_option("--danegate", request.danegate,
                   "The program; default: beside this one, or in PATH")
      ->option_text("PROGRAM");
  demo->add_option("--svg", request.svg_file, "Draw a chart")
      ->option_text("FILE");
  demo->add_flag("--json", request.json, "Write one JSON object");
  demo->footer(
      "Needs Debian's packages nsd and ldnsutils (deploy/setup demo); uses "
      "free "
      "ports on\n127.0.0.1.\nExit status: 0 if all went well, else 1.");
  return demo;
}

}  // namespace danegate
