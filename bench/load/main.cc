// danegate-load: the command line. Each subcommand is a function in a folder of
// its own; here is only which of them is called.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <string>

#include "bench/load/demo/demo.h"
#include "bench/load/handshakes/handshakes.h"
#include "bench/load/options.h"
#include "bench/load/recorder/backend.h"
#include "bench/load/scenario/scenario.h"
#include "bench/load/streams/streams.h"
#include "bench/load/tenants/tenants.h"
#include "proxy/command/end_output.h"
#include "proxy/command/exit_status.h"

namespace danegate {
namespace {

int WrongUsage(const CLI::App& app, const std::string& message) {
  std::string command = "danegate-load";
  for (const auto* given : app.get_subcommands()) {
    command += " " + given->get_name();
  }
  std::fprintf(stderr, "danegate-load: %s\nTry %s --help.\n", message.c_str(),
               command.c_str());
  return kExitUsage;
}

int Main(int argc, char** argv) {
  LoadCommandLine line;
  CLI::App app("Puts load on an XMPP server-to-server edge", "danegate-load");
  const CLI::App* const tenants = AddTenants(&app, &line);
  const CLI::App* const scenario = AddScenario(&app, &line);
  const CLI::App* const demo = AddDemo(&app, &line);
  const CLI::App* const handshakes = AddHandshakes(&app, &line);
  const CLI::App* const streams = AddStreams(&app, &line);
  const CLI::App* const backend = AddBackend(&app, &line);
  app.require_subcommand(0, 1);
  app.footer(
      "Exit status 64: wrong usage; 74: standard output could not be written.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    return WrongUsage(app, error.what());
  }
  if (tenants->parsed()) return RunTenants(line.tenants);
  if (scenario->parsed()) return RunScenario(line.scenario);
  if (demo->parsed()) return RunDemo(line.demo);
  if (handshakes->parsed()) return RunHandshakes(line.handshakes);
  if (streams->parsed()) return RunStreams(line.streams);
  if (backend->parsed()) return RunBackend(line.backend);
  return WrongUsage(app,
                    "expected a command: tenants, scenario, demo, handshakes, "
                    "streams or backend");
}

}  // namespace
}  // namespace danegate

int main(int argc, char** argv) {
  return danegate::EndOutput("danegate-load", danegate::Main(argc, argv));
}
