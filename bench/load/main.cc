// danegate-load: the command line. Each subcommand is a function in a folder of
// its own; here is only which of them is called.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "bench/load/demo/demo.h"
#include "bench/load/handshakes/handshakes.h"
#include "bench/load/options.h"
#include "bench/load/recorder/backend.h"
#include "bench/load/scenario/scenario.h"
#include "bench/load/streams/streams.h"
#include "bench/load/tenants/tenants.h"
#include "proxy/command/end_output.h"
#include "proxy/command/usage.h"

namespace danegate {
namespace {

int Main(int argc, char** argv) {
  LoadCommandLine line;
  CLI::App app("Puts load on an XMPP server-to-server edge", "danegate-load");
  const CLI::App* const tenants = AddTenants(&app, &line);
  const CLI::App* const scenario = AddScenario(&app, &line);
  const CLI::App* const demo = AddDemo(&app, &line);
  const CLI::App* const handshakes = AddHandshakes(&app, &line);
  const CLI::App* const streams = AddStreams(&app, &line);
  AddBackend(&app, &line);
  app.require_subcommand(1);
  app.footer(
      "Exit status 64: wrong usage; 74: standard output could not be written.");
  if (const auto status = ReadCommandLine(&app, argc, argv)) return *status;
  if (tenants->parsed()) return RunTenants(line.tenants);
  if (scenario->parsed()) return RunScenario(line.scenario);
  if (demo->parsed()) return RunDemo(line.demo);
  if (handshakes->parsed()) return RunHandshakes(line.handshakes);
  if (streams->parsed()) return RunStreams(line.streams);
  return RunBackend(line.backend);
}

}  // namespace
}  // namespace danegate

int main(int argc, char** argv) {
  return danegate::EndOutput("danegate-load", danegate::Main(argc, argv));
}
