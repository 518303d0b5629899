// Whatever comes instead of a ClientHello, a server engine stays in a state
// that its contract names: it never opens, never grows without bound, and says
// why it failed. The first octet chooses how the bytes are cut up.
#include "proxy/tls/tls_engine.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "proxy/tls/server_context.h"
#include "tests/support/test_certificates.h"
#include "verifier/check.h"

namespace {

using danegate::Credential;
using danegate::CredentialSet;
using danegate::ServerContext;
using danegate::TlsEngine;

std::shared_ptr<const CredentialSet> MakeCredential() {
  const auto leaf = danegate::test::Issue({});
  return std::make_shared<const CredentialSet>(
      1, Credential::FromParts(danegate::test::ChainOf({&leaf}),
                               bssl::UpRef(leaf.key)));
}

const ServerContext& Context() {
  static const auto* const context =
      new ServerContext([credential = MakeCredential()](const auto& wanted) {
        // An SNI that reaches the selector is a host name (H-12).
        for (const char c : wanted.sni) DANEGATE_CHECK(c > ' ' && c < 127);
        const bool known = wanted.sni != "unknown.example";
        return danegate::ServedCertificate{
            known ? credential : std::shared_ptr<const CredentialSet>(), "a"};
      });
  return *context;
}

void CheckContract(TlsEngine& engine) {
  std::byte out[64];
  DANEGATE_CHECK(engine.state() != TlsEngine::State::kOpen);
  DANEGATE_CHECK(engine.Read(out) == 0);
  DANEGATE_CHECK((engine.state() == TlsEngine::State::kFailed) ==
                 !engine.error().empty());
  // One flight: the certificate and what goes with it, or an alert.
  DANEGATE_CHECK(engine.ciphertext().size() < 8192);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const std::size_t step = data[0] % 2 == 0 ? size : std::size_t{data[0]};
  auto engine = TlsEngine::Accept(Context(), std::nullopt, (data[0] & 2) != 0);
  auto rest = std::as_bytes(std::span(data + 1, size - 1));
  while (!rest.empty()) {
    const auto piece = rest.first(std::min(step, rest.size()));
    engine.OnCiphertext(piece);
    CheckContract(engine);
    rest = rest.subspan(piece.size());
  }
  return 0;
}
