// What a peer's chain may look like before anybody looks into it (I-12, B8).
//
// Called within the handshake, when the peer has not yet shown that it holds
// the key (D1): so this reads lengths and keys only, and decides about nobody.
#pragma once

#include <openssl/base.h>

#include <string>

namespace danegate {

// Why the chain is refused, in one sentence; empty if it is not.
std::string WhyChainRefused(const SSL*);

}  // namespace danegate
