// danegate-load handshakes: TLS handshakes against a server, and whether it
// shows the certificate that was asked for.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace danegate {

struct HandshakesRequest {
  std::string target;
  bool starttls = false;  // else direct TLS
  bool direct = false;    // says so; excludes the other
  std::string names_file;
  std::optional<std::uint64_t> seed;
  std::string from = "peer.example";
  // What is presented, or nothing; PEM files.
  std::string certificate_file;
  std::string key_file;
  // Or who we are, in turn; as danegate-load scenario writes it.
  std::string peers_folder;
  std::string trust_file;
  std::string expected_folder;  // as danegate-load tenants writes it
  // An open loop, a second; or a closed one of so many at a time.
  std::optional<double> rate;
  std::size_t concurrency = 8;
  // Neither: each name once.
  std::optional<std::uint64_t> count;
  std::optional<double> seconds;
  std::optional<pid_t> process;  // the server's
  bool json = false;
  std::string svg_file;
};

// Returns the exit status.
int RunHandshakes(const HandshakesRequest&);

}  // namespace danegate
