// ProofRequirement is what a tenant demands of its peers.
#pragma once

#include <string_view>

namespace danegate {

enum class ProofRequirement {
  kDane,    // a matching TLSA record under a secure delegation, nothing less
  kStrong,  // DANE, PKI or POSH
  kAny,     // dialback too
};
std::string_view ToString(ProofRequirement);

}  // namespace danegate
