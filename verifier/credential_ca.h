// What a credential must be to sign the certificates of the hand-off (D2).
//
// `danegate check` and the edge CA ask here, so that the one finds good what
// the other takes. Dates are not looked at. Pure.
#pragma once

#include <string>

#include "verifier/credential.h"

namespace danegate {

// WhyNoCaCertificate says why the certificate may not sign others, and what to
// do; empty if it may: basicConstraints with CA, and keyCertSign where there is
// a keyUsage (RFC 5280 4.2.1.3, 4.2.1.9).
std::string WhyNoCaCertificate(const Credential&);

// WhyNoCaKey says why the key cannot sign for us; empty if it can: P-256, or
// RSA with 2048 bits or more (C-23).
std::string WhyNoCaKey(const Credential&);

}  // namespace danegate
