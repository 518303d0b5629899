#include "proxy/tls/handshake.h"

#include <openssl/ssl.h>

#include <string_view>
#include <vector>

#include "verifier/check.h"

namespace danegate {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsHostCharacter(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         c == '-' || c == '_';
}

bool IsLabel(std::string_view label) {
  if (label.empty() || label.size() > 63) return false;
  for (const char c : label) {
    if (!IsHostCharacter(c)) return false;
  }
  return true;
}

}  // namespace

void Handshake::AttachTo(SSL* ssl) {
  DANEGATE_CHECK(SSL_set_app_data(ssl, this) == 1);
}

Handshake& Handshake::Of(const SSL* ssl) {
  return *static_cast<Handshake*>(SSL_get_app_data(ssl));
}

bool Present(SSL* ssl, const Credential& credential) {
  const CertificateChain& chain = credential.chain();
  std::vector<CRYPTO_BUFFER*> buffers;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    buffers.push_back(chain.buffer(i));
  }
  return SSL_set_chain_and_key(ssl, buffers.data(), buffers.size(),
                               credential.key(), nullptr) == 1;
}

bool IsServerName(std::string_view name) {
  if (name.size() > 253) return false;
  for (;;) {
    const auto dot = name.find('.');
    const auto label = name.substr(0, dot);
    if (!IsLabel(label)) return false;
    // No top-level domain begins with a digit, every IPv4 address ends so.
    if (dot == std::string_view::npos) return !IsDigit(label.front());
    name.remove_prefix(dot + 1);
  }
}

}  // namespace danegate
