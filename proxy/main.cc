// danegate: the command line. Each subcommand is a function in proxy/command;
// here is only which of them is called.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <string>

#include "proxy/command/check.h"
#include "proxy/command/ctl.h"
#include "proxy/command/doctor.h"
#include "proxy/command/end_output.h"
#include "proxy/command/exit_status.h"
#include "proxy/command/explain.h"
#include "proxy/command/match.h"
#include "proxy/command/options.h"
#include "proxy/command/records.h"
#include "proxy/command/run.h"
#include "proxy/command/schema.h"
#include "proxy/command/version.h"

// Read by jemalloc: what is free goes back to the kernel although nothing
// happens, within ten seconds.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true";
}

namespace danegate {
namespace {

constexpr char kExpectedQuestion[] =
    "; expected status, streams, tenants, verdicts, flush DOMAIN, reload or "
    "drain";

int WrongUsage(const CLI::App& app, const std::string& message) {
  std::string command = "danegate";
  for (const auto* given : app.get_subcommands()) {
    command += " " + given->get_name();
  }
  std::fprintf(stderr, "danegate: %s\nTry %s --help.\n", message.c_str(),
               command.c_str());
  return kExitUsage;
}

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
  const CLI::App* const schema = AddSchema(&app, &line);
  app.require_subcommand(0, 1);
  app.footer(
      "Exit status 64: wrong usage; 74: standard output could not be written.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ExtrasError& error) {
    const char* const hint =
        match->parsed() ? "; a record is one word: --tlsa \"3 1 1 HEX\""
        : ctl->parsed() ? kExpectedQuestion
                        : "";
    return WrongUsage(app, error.what() + std::string(hint));
  } catch (const CLI::ParseError& error) {
    return WrongUsage(app, error.what());
  }
  if (line.version) return RunVersion();
  if (run->parsed()) return RunProxy(line.run_config);
  if (check->parsed()) return RunCheck(line.check);
  if (match->parsed()) return RunMatch(line.match);
  if (explain->parsed()) return RunExplain(line.explain);
  if (records->parsed()) return RunRecords(line.records);
  if (doctor->parsed()) return RunDoctor(line.doctor);
  if (ctl->parsed() && line.ctl.command.empty()) {
    return WrongUsage(app, "no question" + std::string(kExpectedQuestion));
  }
  if (ctl->parsed()) return RunCtl(line.ctl);
  if (schema->parsed()) return RunSchema(line.schema);
  return WrongUsage(app,
                    "expected a command: run, check, match, explain, records, "
                    "doctor, ctl or schema");
}

}  // namespace
}  // namespace danegate

int main(int argc, char** argv) {
  return danegate::EndOutput("danegate", danegate::Main(argc, argv));
}
