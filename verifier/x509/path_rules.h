// What danegate asks of a certificate path beyond RFC 5280 section 6, and what
// X509_verify_cert() leaves unchecked: strength of keys and signatures (C-23),
// purpose (C-31 to C-33), the leaf's CA bit (C-20), and the anchor's own
// constraints (D-44).
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <span>
#include <string>

namespace danegate {

// What the last certificate of a path is.
enum class PathTop {
  kAnchor,       // trusted itself; who signed it does not matter
  kBelowAnchor,  // signed by a trusted key, and judged like every other (D-44)
};

// Empty if the path, leaf first, keeps the rules. REQUIRES: it is not empty,
// and BoringSSL has found it valid.
std::string WhyAgainstRules(std::span<X509* const> path, PathTop);

// Why a key may not be relied on (C-23); empty if it may.
std::string WhyKeyWeak(const EVP_PKEY* key);

// "the leaf", "certificate 2 of the path".
std::string PlaceOnPath(std::size_t depth);

}  // namespace danegate
