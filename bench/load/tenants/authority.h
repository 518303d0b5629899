// Authority is a certificate authority of the load generator: it signs the
// certificates of tenants by the thousand. Any thread.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <string>
#include <vector>

#include "verifier/domain.h"
#include "verifier/instant.h"
#include "verifier/result.h"

namespace danegate {

// Keys that certificates may have.
enum class KeyKind { kEcdsa, kRsa };  // P-256; 2048 bits

bssl::UniquePtr<EVP_PKEY> NewKey(KeyKind);
std::string KeyToPem(EVP_PKEY*);

// A certificate that signs itself, in PEM, for a year. `names`: DNS names,
// wildcards too.
std::string SelfSign(const std::string& common_name,
                     const std::vector<std::string>& names, EVP_PKEY* key,
                     UnixTime now);

// What a TLSA record with selector 1 and matching 1 says of the first
// certificate in the PEM text: SHA-256 of its public key, in hexadecimal
// digits. The error is a sentence.
Result<std::string, std::string> KeyDigest(const std::string& pem);

class Authority {
 public:
  // A CA with a P-256 key for ten years from `now`, and the edge CA as
  // deploy/edge-ca makes it, which cannot sign for `hosted` and what is below.
  static Authority Root(const std::string& name, UnixTime now);
  static Authority Intermediate(const std::string& name, const Authority& root,
                                UnixTime now);
  static Authority EdgeCa(const Domain& hosted, UnixTime now);

  // A certificate for the domain and this key, in PEM, for a year.
  std::string Sign(const Domain&, EVP_PKEY* key, UnixTime now) const;

  std::string ToPem() const;
  std::string ToKeyPem() const { return KeyToPem(key_.get()); }

 private:
  Authority(bssl::UniquePtr<X509> certificate, bssl::UniquePtr<EVP_PKEY> key);

  bssl::UniquePtr<X509> certificate_;
  bssl::UniquePtr<EVP_PKEY> key_;
};

}  // namespace danegate
