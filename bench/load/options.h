// What the options of each subcommand are called. Behind the door to CLI11,
// with main.cc.
#pragma once

#include <CLI/App.hpp>

#include "bench/load/demo/demo.h"
#include "bench/load/handshakes/handshakes.h"
#include "bench/load/recorder/backend.h"
#include "bench/load/scenario/scenario.h"
#include "bench/load/streams/streams.h"
#include "bench/load/tenants/tenants.h"

namespace danegate {

// Filled when the command line is parsed.
struct LoadCommandLine {
  TenantsRequest tenants;
  ScenarioRequest scenario;
  DemoRequest demo;
  HandshakesRequest handshakes;
  StreamsRequest streams;
  BackendRequest backend;
};

// Each adds its subcommand, which the parser owns; `line` outlives it.
CLI::App* AddTenants(CLI::App* app, LoadCommandLine* line);
CLI::App* AddScenario(CLI::App* app, LoadCommandLine* line);
CLI::App* AddDemo(CLI::App* app, LoadCommandLine* line);
CLI::App* AddHandshakes(CLI::App* app, LoadCommandLine* line);
CLI::App* AddStreams(CLI::App* app, LoadCommandLine* line);
CLI::App* AddBackend(CLI::App* app, LoadCommandLine* line);

}  // namespace danegate
