// Certificates for tests, made in memory.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <string>
#include <vector>

#include "verifier/instant.h"

namespace danegate::testing {

struct Issued {
  bssl::UniquePtr<X509> certificate;
  bssl::UniquePtr<EVP_PKEY> key;

  std::string Pem() const;
  std::string KeyPem() const;
  // The key under a pass phrase.
  std::string EncryptedKeyPem() const;
};

struct Wanted {
  std::vector<std::string> names = {};  // dNSNames
  bool ca = false;
  const Issued* issuer = nullptr;  // null: self-signed
  const EVP_PKEY* key = nullptr;   // null: a new P-256 key
  UnixTime not_before{1700000000};
  UnixTime not_after{1900000000};
};

Issued Issue(const Wanted&);
bssl::UniquePtr<EVP_PKEY> NewKey(int curve);
bssl::UniquePtr<EVP_PKEY> NewRsaKey(int bits);

}  // namespace danegate::testing
