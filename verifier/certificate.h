// CertificateChain is what a peer presented in its handshake: DER certificates,
// leaf first, immutable, cheap to copy between threads (the bytes are shared
// and reference-counted by BoringSSL).
//
// It holds bytes only. Parsing and judging are done by tlsa.h and pkix.h, off
// the shards, after the handshake has proven possession of the leaf's key (D1).
#pragma once

#include <openssl/pool.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/result.h"

namespace danegate {

using Sha256 = std::array<std::uint8_t, 32>;

class CertificateChain {
 public:
  CertificateChain() = default;
  // Takes references on the buffers.
  explicit CertificateChain(
      std::vector<bssl::UniquePtr<CRYPTO_BUFFER>> certificates);
  CertificateChain(const CertificateChain&);
  CertificateChain& operator=(const CertificateChain&);
  CertificateChain(CertificateChain&&) noexcept = default;
  CertificateChain& operator=(CertificateChain&&) noexcept = default;

  // ParsePem reads every CERTIFICATE block, in order. The error says which
  // block is wrong and why. An empty file is an error.
  static Result<CertificateChain, std::string> ParsePem(std::string_view pem);
  static CertificateChain FromDer(
      std::span<const std::vector<std::uint8_t>> certificates);

  bool empty() const { return certificates_.empty(); }
  std::size_t size() const { return certificates_.size(); }
  // REQUIRES: index < size(). The span lives as long as the chain.
  std::span<const std::uint8_t> der(std::size_t index) const;
  // Borrowed; the chain keeps its reference.
  CRYPTO_BUFFER* buffer(std::size_t index) const;

  // LeafDigest is SHA-256 over the leaf's DER; ChainDigest over all of it, each
  // certificate preceded by its length (threats: what the verdict key must
  // contain). REQUIRES: !empty().
  Sha256 LeafDigest() const;
  Sha256 ChainDigest() const;

 private:
  std::vector<bssl::UniquePtr<CRYPTO_BUFFER>> certificates_;
};

}  // namespace danegate
