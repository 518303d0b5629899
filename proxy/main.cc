// danegate: the command line. Each subcommand is a function in proxy/command;
// here is only which of them is called.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "proxy/command/check.h"
#include "proxy/command/ctl.h"
#include "proxy/command/doctor.h"
#include "proxy/command/end_output.h"
#include "proxy/command/explain.h"
#include "proxy/command/match.h"
#include "proxy/command/options.h"
#include "proxy/command/records.h"
#include "proxy/command/run.h"
#include "proxy/command/schema.h"
#include "proxy/command/usage.h"
#include "proxy/command/version.h"

// Read by jemalloc: what is free goes back to the kernel although nothing
// happens, within ten seconds.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true";
}

namespace danegate {
namespace {

int Main(int argc, char** argv) {
  CommandLine line;
  CLI::App app("An XMPP server-to-server edge that proves who each peer is",
               "danegate");
  app.add_flag("--version", line.version,
               "Show the versions of danegate and of every library");
  const CLI::App* const run = AddRun(&app, &line);
  const CLI::App* const check = AddCheck(&app, &line);
  const CLI::App* const match = AddMatch(&app, &line);
  const CLI::App* const explain = AddExplain(&app, &line);
  const CLI::App* const records = AddRecords(&app, &line);
  const CLI::App* const doctor = AddDoctor(&app, &line);
  const CLI::App* const ctl = AddCtl(&app, &line);
  AddSchema(&app, &line);
  app.require_subcommand(0, 1);
  app.footer(
      "Exit status 64: wrong usage; 74: standard output could not be written.");
  if (const auto status = ReadCommandLine(&app, argc, argv)) return *status;
  if (line.version) return RunVersion();
  if (run->parsed()) return RunProxy(line.run_config);
  if (check->parsed()) return RunCheck(line.check);
  if (match->parsed()) return RunMatch(line.match);
  if (explain->parsed()) return RunExplain(line.explain);
  if (records->parsed()) return RunRecords(line.records);
  if (doctor->parsed()) return RunDoctor(line.doctor);
  if (ctl->parsed()) return RunCtl(line.ctl);
  return RunSchema(line.schema);
}

}  // namespace
}  // namespace danegate

int main(int argc, char** argv) {
  return danegate::EndOutput("danegate", danegate::Main(argc, argv));
}
