#include "proxy/command/options.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace danegate {

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
      "Each mistake is one line, FILE:LINE:COL: message. danegate run starts "
      "without a\ntenant whose file has one; not with one in the edge's file.\n"
      "Exit status: 0 if there is none, 1 if there is; warnings do not count.");
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
      ->add_option(
          "--name", request.names,
          "A name the certificate may have; usages 0, 1 and 2 need one")
      ->option_text("HOST")
      ->allow_extra_args(false);
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

CLI::App* AddRecords(CLI::App* app, CommandLine* line) {
  RecordsRequest& request = line->records;
  auto* const records = app->add_subcommand(
      "records", "Say what to publish for a tenant: SRV, TLSA and POSH");
  records->add_option("tenant", request.tenant, "Its name")
      ->option_text("TENANT");
  records->add_flag("--all", request.all, "Of every tenant");
  records->add_option("--config", request.config_file, "The edge's YAML file")
      ->option_text("FILE")
      ->required();
  records
      ->add_option("--ttl", request.ttl,
                   "Of the records; default: publish.ttl of the file")
      ->option_text("SECONDS");
  records
      ->add_option("--new-chain", request.new_chain_file,
                   "Roll-over: the chain that will be served")
      ->option_text("PEM");
  records
      ->add_option("--at", request.at, "Roll-over: when it begins; default now")
      ->option_text("RFC3339");
  records->add_flag("--json", request.json, "Write one JSON object");
  records->footer(
      "Asks nobody: danegate doctor looks at what is published.\n"
      "Exit status: 0; 1 if a tenant's file has errors, which are told on "
      "standard error\nwhile the others are answered for; 64 if there is no "
      "such tenant, or nobody is left.");
  return records;
}

CLI::App* AddSchema(CLI::App* app, CommandLine* line) {
  auto* const schema = app->add_subcommand(
      "schema", "Write the JSON Schema of a tenant's file, for editors");
  schema->add_flag("--edge", line->schema.edge, "Of the edge's file instead");
  schema->footer("Exit status: 0.");
  return schema;
}

CLI::App* AddDoctor(CLI::App* app, CommandLine* line) {
  DoctorRequest& request = line->doctor;
  auto* const doctor = app->add_subcommand(
      "doctor", "Look whether peers can prove what is published and served");
  doctor->add_option("tenants", request.tenants, "Their names; default: all")
      ->option_text("TENANT...");
  doctor->add_option("--config", request.config_file, "The edge's YAML file")
      ->option_text("FILE")
      ->required();
  doctor->add_flag("--no-connect", request.no_connect,
                   "Ask the DNS and web servers only");
  doctor->add_flag("--json", request.json, "Write one JSON object");
  doctor->footer(
      "Exit status: 0 if every peer finds a strong proof; 1 if one is refused, "
      "or is left with\ndialback, or if a tenant's file has errors, which are "
      "told on standard error while the\nothers are examined; 3 if the DNS did "
      "not say; 64 if the question cannot be asked.");
  return doctor;
}

namespace {

// Before the question or behind it.
void AddWhere(CLI::App* app, CtlRequest& request) {
  app->add_option("--config", request.config_file,
                  "The edge's YAML file, whose `control` names the socket")
      ->option_text("FILE");
  app->add_option("--socket", request.socket,
                  "The socket itself; --config is not read then")
      ->option_text("PATH");
  app->add_flag("--json", request.json, "Write the answer as it came");
}

CLI::App* AddQuestion(CLI::App* ctl, CtlRequest& request, const char* name,
                      const char* what) {
  auto* const question = ctl->add_subcommand(name, what);
  AddWhere(question, request);
  question->callback([&request, name] { request.command = name; });
  return question;
}

}  // namespace

CLI::App* AddCtl(CLI::App* app, CommandLine* line) {
  CtlRequest& request = line->ctl;
  auto* const ctl =
      app->add_subcommand("ctl", "Ask the running proxy, on its socket");
  ctl->require_subcommand(1);
  AddWhere(ctl, request);
  AddQuestion(ctl, request, "status", "Version, uptime and counters");
  AddQuestion(ctl, request, "streams", "The streams that are open");
  AddQuestion(ctl, request, "tenants", "The tenants that are served");
  AddQuestion(ctl, request, "verdicts", "The refusals that are remembered");
  AddQuestion(ctl, request, "flush",
              "Find out anew who a peer is, as far as the DNS lets it")
      ->add_option("domain", request.domain, "The peer's domain")
      ->option_text("DOMAIN")
      ->required();
  AddQuestion(ctl, request, "reload", "Take up what has changed in the files")
      ->add_flag("--force", request.force,
                 "Even if no tenant is left, or a new certificate does not fit "
                 "its TLSA records");
  AddQuestion(ctl, request, "drain", "End as at SIGTERM");
  ctl->footer(
      "One of --config and --socket is needed. Exit status: 0; 1 if no answer "
      "came, or an\nerror, told on standard error; of reload also if a file "
      "has "
      "errors.");
  return ctl;
}

}  // namespace danegate
