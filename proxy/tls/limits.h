// The bounds of TLS: what a peer that has proven nothing may cost us.
#pragma once

#include <cstddef>

namespace danegate::tls_limits {

// Certificates in one chain (I-12, threats 0.6, B8). Public chains have two to
// four; every further one only buys signature checks on a verifier thread.
inline constexpr std::size_t kMaxCertificates = 8;

// Octets of a peer's Certificate message, and so of its chain. BoringSSL
// enforces it from the message's header on, before a chain is collected. It is
// also BoringSSL's bound for every other handshake message.
inline constexpr std::size_t kMaxChainBytes = 16 * 1024;

// RSA moduli of a leaf, in bits: fewer are factored, more are a lever on our
// CPU (I-12). The upper bound holds for every certificate of a chain.
inline constexpr unsigned kMinRsaBits = 2048;
inline constexpr unsigned kMaxRsaBits = 8192;

// Bits of a public exponent, which has to be odd and over 1. 65537 has 17; a
// verification costs one squaring for each bit (B8).
inline constexpr unsigned kMaxRsaExponentBits = 32;

// Octets of ciphertext that an engine keeps because its owner has not read what
// was decrypted before: one read of a socket. More is a mistake of the owner.
inline constexpr std::size_t kMaxUnread = 256 * 1024;

}  // namespace danegate::tls_limits
