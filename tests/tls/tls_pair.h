// A TLS server and a client in one process, joined by memory.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/tls/client_context.h"
#include "proxy/tls/server_context.h"
#include "proxy/tls/tls_engine.h"
#include "tests/support/test_certificates.h"
#include "verifier/credential.h"
#include "verifier/domain.h"

namespace danegate::test {

Domain Name(std::string_view text);

// A self-signed credential for `name`; made once for each `name` and kind.
std::shared_ptr<const Credential> SelfSigned(std::string_view name,
                                             KeyKind kind = {});
std::shared_ptr<const Credential> CredentialOf(const TestCertificate& leaf,
                                               CertificateChain chain);

// A set of one.
std::shared_ptr<const CredentialSet> Only(std::shared_ptr<const Credential>);

// Serves the same credential to everybody.
ServerContext::Selector Serve(std::shared_ptr<const Credential>);

// Both directions, `step` octets at a time, until neither side has more to say.
void Shuttle(TlsEngine& a, TlsEngine& b, std::size_t step = 1 << 20);

// All that can be read now.
std::string ReadAll(TlsEngine&);
void Write(TlsEngine&, std::string_view);

// Takes the ciphertext that waits to be sent.
std::string TakeCiphertext(TlsEngine&);
void Feed(TlsEngine&, std::string_view ciphertext);

}  // namespace danegate::test
