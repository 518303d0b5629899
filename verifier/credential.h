// Credential is what we present in a handshake: a certificate chain and the
// private key of its leaf. Immutable, shared by reference count between shards
// and handshakes; a handshake keeps the credential it started with.
#pragma once

#include <openssl/evp.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/certificate.h"
#include "verifier/instant.h"
#include "verifier/result.h"

namespace danegate {

class Credential {
 public:
  // FromPem joins a chain (leaf first) and an unencrypted private key. The
  // error names what is wrong: not PEM, no certificate, encrypted key, or a key
  // that does not belong to the leaf.
  static Result<std::shared_ptr<const Credential>, std::string> FromPem(
      std::string_view chain_pem, std::string_view key_pem);
  // FromParts is for certificates that we signed ourselves (tls/edge_ca.h).
  // REQUIRES: the key belongs to the leaf.
  static std::shared_ptr<const Credential> FromParts(
      CertificateChain chain, bssl::UniquePtr<EVP_PKEY> key);

  const CertificateChain& chain() const { return chain_; }
  // Borrowed; lives as long as the credential.
  EVP_PKEY* key() const { return key_.get(); }
  // About how many octets of memory it takes that no other credential shares.
  std::size_t footprint() const;
  // The leaf's validity.
  UnixTime not_before() const { return not_before_; }
  UnixTime not_after() const { return not_after_; }

 private:
  Credential(CertificateChain chain, bssl::UniquePtr<EVP_PKEY> key);

  CertificateChain chain_;
  bssl::UniquePtr<EVP_PKEY> key_;
  UnixTime not_before_;
  UnixTime not_after_;
};

// What one tenant, or the edge, can present: a credential for each kind of key,
// the preferred first. Each peer gets the first whose signatures it takes.
using CredentialSet = std::vector<std::shared_ptr<const Credential>>;

}  // namespace danegate
