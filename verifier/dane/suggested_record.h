// The TLSA record that would fit a peer's certificate, for error texts. Pure.
#pragma once

#include <string>

#include "verifier/certificate.h"

namespace danegate {

// "3 1 1 HEX" for the chain's leaf; empty if there is none, or its key cannot
// be found.
std::string SuggestedTlsa(const CertificateChain&);

}  // namespace danegate
