// The validity of a certificate (RFC 5280 section 4.1.2.5), on danegate's own
// clock type.
#pragma once

#include <openssl/x509.h>

#include <optional>

#include "verifier/instant.h"

namespace danegate {

// Both ends belong to it.
struct Validity {
  UnixTime not_before;
  UnixTime not_after;

  bool Holds(UnixTime at) const { return not_before <= at && at <= not_after; }
};

// Nothing if either end is not a well-formed time.
std::optional<Validity> ReadValidity(const X509* certificate);

}  // namespace danegate
