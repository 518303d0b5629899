// LeafSigner makes the certificates of the hand-off: what every backend reads
// alike (D2). One dNSName and nothing else names the peer; both purposes,
// because Prosody checks a client as a server and ejabberd does not; no
// XmppAddr, which ends ejabberd's process; no common name, which would bound
// the domain's length to 64. Private to proxy/tls.
//
// The TBSCertificate is written with CBB: all that is the same in every
// certificate is encoded once.
#pragma once

#include <openssl/evp.h>
#include <openssl/pool.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "verifier/credential.h"
#include "verifier/domain.h"
#include "verifier/instant.h"

namespace danegate {

class LeafSigner {
 public:
  // REQUIRES: the CA's key is P-256 or RSA; the leaf's key is P-256.
  LeafSigner(std::shared_ptr<const Credential> ca, const EVP_PKEY* leaf_key);

  // The DER of a certificate for `domain`, with a serial number of its own.
  bssl::UniquePtr<CRYPTO_BUFFER> Sign(const Domain& domain, UnixTime from,
                                      UnixTime until) const;

 private:
  using Bytes = std::vector<std::uint8_t>;

  Bytes SignedPart(const Domain&, UnixTime from, UnixTime until) const;

  std::shared_ptr<const Credential> ca_;
  Bytes algorithm_;   // AlgorithmIdentifier of the signature
  Bytes issuer_;      // Name
  Bytes public_key_;  // SubjectPublicKeyInfo
  Bytes extensions_;  // all but the subjectAltName
};

}  // namespace danegate
