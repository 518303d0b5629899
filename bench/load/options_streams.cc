#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "bench/load/options.h"
#include "bench/load/word_option.h"

namespace danegate {
namespace {

void AddRecorder(CLI::App* app, RecorderRequest& request) {
  auto* const address =
      app->add_option("--backend", request.address,
                      "Record here, in this process, what goes through")
          ->option_text("ADDRESS:PORT");
  AddWord(
      app, "--backend-tls", request.tls,
      {{"starttls", BackendTls::kStartTls}, {"direct", BackendTls::kDirect}},
      "starttls or direct; default starttls");
  auto* const certificate =
      app->add_option("--backend-certificate", request.certificate_file,
                      "What it shows")
          ->option_text("PEM");
  auto* const key =
      app->add_option("--backend-key", request.key_file, "The key of its leaf")
          ->option_text("PEM");
  address->needs(certificate)->needs(key);
  certificate->needs(address);
  key->needs(address);
}

void AddWhom(CLI::App* streams, StreamsRequest& request) {
  streams->add_option("--target", request.target, "The server")
      ->option_text("ADDRESS:PORT")
      ->required();
  auto* const direct = streams->add_flag(
      "--direct", request.direct, "TLS first, ALPN xmpp-server; default");
  streams->add_flag("--starttls", request.starttls, "STARTTLS")
      ->excludes(direct);
  streams
      ->add_option("--names", request.names_file,
                   "The tenants' domains, one a line, in turn")
      ->option_text("FILE")
      ->required();
  streams
      ->add_option("--peers", request.peers_folder,
                   "Who we are, in turn: names.txt, DOMAIN.pem, DOMAIN.key")
      ->option_text("FOLDER")
      ->required();
  streams
      ->add_option("--pid", request.process,
                   "The server's process: tell what it uses")
      ->option_text("PID")
      ->check(AtLeast(1));
}

void AddSetUps(CLI::App* streams, StreamsRequest& request) {
  auto* const held =
      streams
          ->add_option("--streams", request.streams, "Hold so many; default 1")
          ->option_text("N")
          ->check(Between(std::uint64_t{1}, std::uint64_t{1000000}));
  auto* const set_ups = streams->add_flag(
      "--setups", request.set_ups,
      "Open, send one stanza, close, over and over again instead");
  set_ups->excludes(held);
  streams->add_option("--count", request.count, "End after so many set-ups")
      ->option_text("N")
      ->check(AtLeast(1))
      ->needs(set_ups);
  auto* const rate =
      streams
          ->add_option("--setup-rate", request.set_up_rate,
                       "Begin so many set-ups a second, whatever becomes of "
                       "them")
          ->option_text("R")
          ->check(Between(0.001, 1e6));
  streams
      ->add_option("--concurrency", request.concurrency,
                   "Or set up so many at a time; default 32")
      ->option_text("C")
      ->check(Between(std::uint64_t{1}, std::uint64_t{100000}))
      ->excludes(rate);
}

void AddStanzas(CLI::App* streams, StreamsRequest& request) {
  streams
      ->add_option("--idle", request.idle_seconds,
                   "Be silent for so long when all streams are there")
      ->option_text("SECONDS")
      ->check(Between(0.0, 1e6));
  auto* const duration =
      streams
          ->add_option("--duration", request.seconds,
                       "Send stanzas for so long; of --setups: begin set-ups")
          ->option_text("SECONDS")
          ->check(Between(0.001, 1e6));
  streams
      ->add_option("--stanzas", request.stanzas,
                   "Octets of each, or a mix: 300:8,4096:1; default 300")
      ->option_text("MIX");
  AddWord(streams, "--body", request.body,
          {{ToString(StanzaKind::kAscii), StanzaKind::kAscii},
           {ToString(StanzaKind::kText), StanzaKind::kText},
           {ToString(StanzaKind::kNested), StanzaKind::kNested}},
          "What is in them: ascii, default; text: prose in several scripts; or "
          "nested: a pubsub event");
  auto* const rate =
      streams
          ->add_option("--rate", request.rate,
                       "So many a second over all streams, whatever becomes "
                       "of them")
          ->option_text("R")
          ->check(Between(0.001, 1e8));
  streams
      ->add_option("--window", request.window,
                   "Or so many unrecorded ones in each stream; default 1")
      ->option_text("W")
      ->check(Between(std::uint64_t{1}, std::uint64_t{100000}))
      ->excludes(rate);
  streams
      ->add_option("--rest", request.rest_seconds,
                   "Be silent again for so long after the stanzas")
      ->option_text("SECONDS")
      ->check(Between(0.0, 1e6))
      ->needs(duration);
}

}  // namespace

CLI::App* AddStreams(CLI::App* app, LoadCommandLine* line) {
  StreamsRequest& request = line->streams;
  auto* const streams = app->add_subcommand(
      "streams", "Open streams as peers do, and send stanzas on them");
  AddWhom(streams, request);
  AddSetUps(streams, request);
  AddStanzas(streams, request);
  AddRecorder(streams, request.recorder);
  streams->add_flag("--json", request.json, "Write one JSON object");
  AddSvg(streams, &request.svg_file);
  streams->footer(
      "Latencies of --rate and --setup-rate count from when a stanza or set-up "
      "was due.\nExit status: 0 if every set-up was completed, no stream "
      "broke, "
      "--rate was kept, and no\nstanza was lost or out of order; else 1.");
  return streams;
}

}  // namespace danegate
