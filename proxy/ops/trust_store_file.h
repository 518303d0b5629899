// ReadTrustStore reads the PEM file that the setting `trust_store` names; an
// empty name is a store that trusts nobody. The error names setting and file.
// Blocks.
#pragma once

#include <string>

#include "verifier/pkix.h"
#include "verifier/result.h"

namespace danegate {

Result<TrustStore, std::string> ReadTrustStore(const std::string& file);

}  // namespace danegate
