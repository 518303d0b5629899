// Handshake is what an engine and the callbacks of its SSL_CTX share while one
// handshake runs: what is wanted, what was chosen, and why it was refused.
//
// Private to proxy/tls. The SSL object points to it (its app data).
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "proxy/tls/server_context.h"
#include "verifier/credential.h"
#include "verifier/domain.h"

namespace danegate {

struct Handshake {
  // As the server.
  const ServerContext::Selector* select = nullptr;
  std::optional<Domain> to;
  bool direct = false;

  // The SNI where it is a host name (H-12), else empty.
  std::string server_name;
  // Whose certificate is served.
  std::string tenant;
  bool has_credential = false;
  // What the handshake stands still for; 0: for nothing.
  std::uint64_t waits_for = 0;
  bool asked = false;  // what to serve has been asked before
  // The alert of a handshake that gets no certificate.
  std::uint8_t alert = SSL_AD_UNRECOGNIZED_NAME;
  // Why we ended the handshake, in one sentence, where it was our choice.
  std::string refusal;

  void AttachTo(SSL*);
  static Handshake& Of(const SSL*);
};

// Presents the credential in the handshake of `ssl`; false if BoringSSL does
// not take it.
bool Present(SSL*, const Credential&);

// Whether `name` may stand in an SNI: an ASCII host name, no IP address, no
// trailing dot (H-12, RFC 6066 3).
bool IsServerName(std::string_view name);

}  // namespace danegate
