// danegate: the command line. Each subcommand is a function in proxy/command;
// here is only what its options are called.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <string>

#include "proxy/command/check.h"
#include "proxy/command/exit_status.h"
#include "proxy/command/explain.h"
#include "proxy/command/match.h"
#include "proxy/command/run.h"
#include "proxy/command/version.h"

namespace danegate {
namespace {

struct CommandLine {
  bool version = false;
  std::string run_config;
  CheckRequest check;
  MatchRequest match;
  ExplainRequest explain;
};

CLI::App* AddRun(CLI::App* app, CommandLine* line) {
  auto* const run = app->add_subcommand(
      "run", "Serve streams until SIGTERM, then drain and exit");
  run->add_option("--config", line->run_config, "The edge's YAML file")
      ->option_text("FILE")
      ->required();
  run->footer(
      "Logs go where the file says. Exit status: 0 after an orderly "
      "end, 1 if it cannot start.");
  return run;
}

CLI::App* AddCheck(CLI::App* app, CommandLine* line) {
  auto* const check = app->add_subcommand(
      "check", "Report every mistake in the configuration, tenants included");
  check->add_option("--config", line->check.config_file, "The edge's YAML file")
      ->option_text("FILE")
      ->required();
  check->add_flag("--json", line->check.json, "Write one JSON object");
  check->footer(
      "Each mistake is one line, FILE:LINE:COL: message.\n"
      "Exit status: 0 if danegate run would start, 1 if not; "
      "warnings do not count.");
  return check;
}

CLI::App* AddMatch(CLI::App* app, CommandLine* line) {
  MatchRequest& request = line->match;
  auto* const match = app->add_subcommand(
      "match", "Compare a certificate chain with TLSA records");
  match
      ->add_option("--chain", request.chain_file,
                   "The chain as presented, leaf first")
      ->option_text("PEM")
      ->required();
  match
      ->add_option("--tlsa", request.tlsa,
                   "A record; again for each record of the set")
      ->option_text("\"3 1 1 HEX\"")
      ->allow_extra_args(false)
      ->required();
  match
      ->add_option("--name", request.names,
                   "A name the certificate may have; usages 0, 1 and 2")
      ->option_text("HOST")
      ->allow_extra_args(false)
      ->required();
  match
      ->add_option("--trust", request.trust_file,
                   "The roots of usages 0 and 1; none if not given")
      ->option_text("PEM");
  match->add_option("--at", request.at, "Judge as of this time; default now")
      ->option_text("RFC3339");
  match->add_flag("--json", request.json, "Write one JSON object");
  match->footer(
      "The first word is match, no-match or unusable; the exit status "
      "0, 1 or 3.");
  return match;
}

CLI::App* AddExplain(CLI::App* app, CommandLine* line) {
  ExplainRequest& request = line->explain;
  auto* const explain = app->add_subcommand(
      "explain", "Find out who a peer is proved to be, and tell why");
  explain->add_option("domain", request.domain, "The peer's domain")
      ->option_text("DOMAIN")
      ->required();
  explain
      ->add_option("--chain", request.chain_file,
                   "Its chain, leaf first; default: its server is asked")
      ->option_text("PEM");
  explain
      ->add_option("--config", request.config_file,
                   "The edge's YAML file; default: the edge's defaults")
      ->option_text("FILE");
  explain
      ->add_option("--tenant", request.tenant,
                   "Judge by this tenant's policy; default: strong")
      ->option_text("NAME");
  explain->add_flag("--json", request.json, "Write one JSON object");
  explain->footer(
      "The first word is proved, disproved, absent or indeterminate; the exit "
      "status\n0, 1, 2 or 3. It is 64 if the question cannot be asked: wrong "
      "usage, or a file\nor a configuration with errors, told on standard "
      "error.");
  return explain;
}

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
  app.require_subcommand(0, 1);
  app.footer("Exit status 64: wrong usage.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ExtrasError& error) {
    const char* const hint =
        match->parsed() ? "; a record is one word: --tlsa \"3 1 1 HEX\"" : "";
    return WrongUsage(app, error.what() + std::string(hint));
  } catch (const CLI::ParseError& error) {
    return WrongUsage(app, error.what());
  }
  if (line.version) return RunVersion();
  if (run->parsed()) return RunProxy(line.run_config);
  if (check->parsed()) return RunCheck(line.check);
  if (match->parsed()) return RunMatch(line.match);
  if (explain->parsed()) return RunExplain(line.explain);
  return WrongUsage(app, "expected a command: run, check, match or explain");
}

}  // namespace
}  // namespace danegate

int main(int argc, char** argv) { return danegate::Main(argc, argv); }
