// CertificateSummary is what a certificate says, as text for people: `explain`
// shows it. It judges nothing; any bytes may come in.
#pragma once

#include <string>
#include <vector>

#include "verifier/instant.h"
#include "verifier/x509/certificate_fields.h"

namespace danegate {

struct CertificateSummary {
  // What cannot be read is left empty; `readable` says whether an X.509 parser
  // takes the certificate at all.
  static CertificateSummary Of(DerSpan der);

  bool readable = false;
  std::string subject;  // RFC 2253: "CN=peer.example"
  std::string issuer;
  // "DNS:peer.example", "SRV:_xmpp-server.peer.example", "XMPP:peer.example".
  // Forms that never prove an XMPP server are left out.
  std::vector<std::string> names;
  UnixTime not_before;
  UnixTime not_after;
  std::string key;     // "EC P-256", "RSA 2048", "Ed25519"
  std::string digest;  // SHA-256 of the whole, as upper-case hex: TLSA x 0 1
  std::string key_digest;  // of its public key: TLSA x 1 1
};

}  // namespace danegate
