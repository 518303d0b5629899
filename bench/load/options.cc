#include "bench/load/options.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>

#include "bench/load/word_option.h"
#include "tenants/config/tenant_folder.h"

namespace danegate {

CLI::App* AddTenants(CLI::App* app, LoadCommandLine* line) {
  TenantsRequest& request = line->tenants;
  auto* const tenants =
      app->add_subcommand("tenants", "Write a configuration with many tenants");
  tenants->add_option("--count", request.count, "How many")
      ->option_text("N")
      ->check(Between(std::size_t{1}, kMaxTenantFiles))
      ->required();
  tenants
      ->add_option("--out", request.folder,
                   "A new or empty folder, or one that was written before")
      ->option_text("FOLDER")
      ->required();
  AddWord(tenants, "--identity", request.identity,
          {{"ca", IdentityMode::kCa},
           {"edge-key", IdentityMode::kEdgeKey},
           {"own-target", IdentityMode::kOwnTarget}},
          "ca, edge-key or own-target; default ca");
  AddWord(tenants, "--key", request.key,
          {{"ecdsa", KeyKind::kEcdsa}, {"rsa", KeyKind::kRsa}},
          "ecdsa: P-256, default; rsa: 2048 bits, a few for all");
  tenants
      ->add_option("--domain", request.domain,
                   "The tenants are below it; default tenants.example")
      ->option_text("DOMAIN");
  tenants
      ->add_option("--backend", request.backend,
                   "The server of all of them; default 127.0.0.1:5299")
      ->option_text("ADDRESS:PORT");
  tenants
      ->add_option("--starttls", request.starttls,
                   "Where the edge listens; default 127.0.0.1:5269")
      ->option_text("ADDRESS:PORT");
  tenants
      ->add_option("--direct-tls", request.direct_tls,
                   "Where the edge listens; default 127.0.0.1:5270")
      ->option_text("ADDRESS:PORT");
  tenants->add_flag("--haproxy", request.haproxy,
                    "Write haproxy/NAME.pem, for `bind … ssl crt`, too");
  tenants->footer(
      "The tenants are t000001, t000002, …, with the domains "
      "t000001.tenants.example, …,\nwhich names.txt lists.\n"
      "Exit status: 0, or 1 if it could not be written.");
  return tenants;
}

namespace {

void AddWhom(CLI::App* handshakes, HandshakesRequest& request) {
  handshakes->add_option("--target", request.target, "The server")
      ->option_text("ADDRESS:PORT")
      ->required();
  auto* const direct = handshakes->add_flag(
      "--direct", request.direct, "TLS first, ALPN xmpp-server; default");
  handshakes
      ->add_flag("--starttls", request.starttls,
                 "A stream header, <starttls/>, TLS")
      ->excludes(direct);
  handshakes
      ->add_option("--names", request.names_file,
                   "The domains to ask for, one a line, in turn")
      ->option_text("FILE")
      ->required();
  handshakes
      ->add_option("--seed", request.seed, "Take the names at random instead")
      ->option_text("N")
      ->check(AtLeast(0));
}

void AddHow(CLI::App* handshakes, HandshakesRequest& request) {
  auto* const rate =
      handshakes
          ->add_option("--rate", request.rate,
                       "Begin so many a second, whatever becomes of them")
          ->option_text("R")
          ->check(Between(0.001, 1e6));
  handshakes
      ->add_option("--concurrency", request.concurrency,
                   "Or so many at a time; default 8")
      ->option_text("C")
      ->check(Between(std::uint64_t{1}, std::uint64_t{1000000}))
      ->excludes(rate);
  handshakes
      ->add_option("--count", request.count,
                   "End after so many; default: each name once")
      ->option_text("N")
      ->check(AtLeast(1));
  handshakes->add_option("--duration", request.seconds, "End after so long")
      ->option_text("SECONDS")
      ->check(Between(0.001, 1e6));
}

void AddCredential(CLI::App* handshakes, HandshakesRequest& request) {
  auto* const from =
      handshakes
          ->add_option("--from", request.from,
                       "Who we say that we are; default peer.example")
          ->option_text("DOMAIN");
  auto* const certificate =
      handshakes
          ->add_option("--client-certificate", request.certificate_file,
                       "The chain to present; default none")
          ->option_text("PEM");
  auto* const key =
      handshakes
          ->add_option("--client-key", request.key_file, "The key of its leaf")
          ->option_text("PEM");
  certificate->needs(key);
  key->needs(certificate);
  handshakes
      ->add_option("--peers", request.peers_folder,
                   "Or who we are, in turn: names.txt, DOMAIN.pem, DOMAIN.key")
      ->option_text("FOLDER")
      ->excludes(from)
      ->excludes(certificate);
}

}  // namespace

CLI::App* AddHandshakes(CLI::App* app, LoadCommandLine* line) {
  HandshakesRequest& request = line->handshakes;
  auto* const handshakes = app->add_subcommand(
      "handshakes", "Make TLS handshakes and look at the certificates shown");
  AddWhom(handshakes, request);
  AddHow(handshakes, request);
  AddCredential(handshakes, request);
  handshakes
      ->add_option("--trust", request.trust_file,
                   "The roots that chains must lead to; default: not asked")
      ->option_text("PEM");
  handshakes
      ->add_option("--expect", request.expected_folder,
                   "What `danegate-load tenants` wrote: leaves must be those")
      ->option_text("FOLDER");
  handshakes
      ->add_option("--pid", request.process,
                   "The server's process: tell what it uses")
      ->option_text("PID")
      ->check(AtLeast(1));
  handshakes->add_flag("--json", request.json, "Write one JSON object");
  AddSvg(handshakes, &request.svg_file);
  handshakes->footer(
      "A certificate is wrong if it does not name the domain that was asked "
      "for, leads to\nno root of --trust, or is none that --expect has or had "
      "during the run.\nExit status: 0 if all handshakes were completed and no "
      "certificate was wrong,\nelse 1.");
  return handshakes;
}

}  // namespace danegate
