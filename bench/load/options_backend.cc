#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "bench/load/options.h"
#include "bench/load/word_option.h"

namespace danegate {

CLI::App* AddBackend(CLI::App* app, LoadCommandLine* line) {
  BackendRequest& request = line->backend;
  auto* const backend = app->add_subcommand(
      "backend", "Record, behind an edge, what others send through it");
  backend->add_option("--listen", request.recorder.address, "Where")
      ->option_text("ADDRESS:PORT")
      ->required();
  auto* const direct =
      backend->add_flag("--direct", request.direct, "TLS first");
  backend->add_flag("--starttls", request.starttls, "STARTTLS; default")
      ->excludes(direct);
  backend
      ->add_option("--certificate", request.recorder.certificate_file,
                   "The chain that it shows")
      ->option_text("PEM")
      ->required();
  backend->add_option("--key", request.recorder.key_file, "The key of its leaf")
      ->option_text("PEM")
      ->required();
  backend
      ->add_option("--duration", request.seconds,
                   "End after so long; default: SIGINT or SIGTERM")
      ->option_text("SECONDS")
      ->check(Between(0.001, 1e6));
  backend->add_flag("--json", request.json, "Write one JSON object");
  backend->footer(
      "One load a run: the numbers of another begin anew, which is out of "
      "order.\n"
      "Exit status: 0 if no stanza came out of order and no stream ended in "
      "disorder, else 1.");
  return backend;
}

}  // namespace danegate
