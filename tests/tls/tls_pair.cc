#include "tests/tls/tls_pair.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "verifier/check.h"

namespace danegate::test {
namespace {

std::span<const std::byte> AsBytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

bool Move(TlsEngine& from, TlsEngine& to, std::size_t step) {
  std::string_view rest;
  const std::string bytes = TakeCiphertext(from);
  for (rest = bytes; !rest.empty();) {
    const auto piece = rest.substr(0, step);
    Feed(to, piece);
    rest.remove_prefix(piece.size());
  }
  return !bytes.empty();
}

}  // namespace

Domain Name(std::string_view text) {
  auto domain = Domain::Parse(text);
  DANEGATE_CHECK(domain.ok());
  return *domain;
}

std::shared_ptr<const Credential> CredentialOf(const TestCertificate& leaf,
                                               CertificateChain chain) {
  return Credential::FromParts(std::move(chain), bssl::UpRef(leaf.key));
}

std::shared_ptr<const Credential> SelfSigned(std::string_view name,
                                             KeyKind kind) {
  static std::map<std::pair<std::string, unsigned>,
                  std::shared_ptr<const Credential>>
      made;
  auto& credential = made[{std::string(name), kind.rsa_bits}];
  if (credential == nullptr) {
    CertificateOrder order;
    order.names = {DnsName(name)};
    order.key_kind = kind;
    const auto certificate = Issue(order);
    credential = CredentialOf(certificate, ChainOf({&certificate}));
  }
  return credential;
}

std::shared_ptr<const CredentialSet> Only(
    std::shared_ptr<const Credential> credential) {
  return std::make_shared<const CredentialSet>(1, std::move(credential));
}

ServerContext::Selector Serve(std::shared_ptr<const Credential> credential) {
  return [credential](const WantedName&) {
    return ServedCertificate{Only(credential), "acme"};
  };
}

void Shuttle(TlsEngine& a, TlsEngine& b, std::size_t step) {
  for (bool moved = true; moved;) {
    moved = Move(a, b, step);
    moved = Move(b, a, step) || moved;
  }
}

std::string ReadAll(TlsEngine& engine) {
  std::string all;
  std::byte buffer[4096];
  while (const std::size_t count = engine.Read(buffer)) {
    all.append(reinterpret_cast<const char*>(buffer), count);
  }
  return all;
}

void Write(TlsEngine& engine, std::string_view text) {
  engine.Write(AsBytes(text));
}

std::string TakeCiphertext(TlsEngine& engine) {
  const auto bytes = engine.ciphertext();
  std::string taken(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  engine.ConsumeCiphertext(bytes.size());
  return taken;
}

void Feed(TlsEngine& engine, std::string_view ciphertext) {
  engine.OnCiphertext(AsBytes(ciphertext));
}

}  // namespace danegate::test
