// What the configuration must know about certificates and keys before a peer
// finds out. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "verifier/certificate.h"
#include "verifier/credential.h"

namespace danegate {

// Whether BoringSSL can read the certificate at all.
bool IsCertificate(std::span<const std::uint8_t> der);

// Whether a certificate may sign others: basicConstraints with CA, and
// keyCertSign where there is a keyUsage (RFC 5280 4.2.1.3, 4.2.1.9).
bool IsCa(std::span<const std::uint8_t> der);

// " (it names "a.example", "b.example" and 3 more)": its DNS names, the first
// of them, as a message shows them.
std::string NamesInWords(std::span<const std::uint8_t> der);

// Whether `issuer` signed `certificate`.
bool IsIssuedBy(std::span<const std::uint8_t> certificate,
                std::span<const std::uint8_t> issuer);

// Whether two credentials have one key, and so one `3 1 1` record (D9).
bool HaveSameKey(const Credential&, const Credential&);

// Whether whoever can verify the one's signatures can verify the other's.
bool HaveSameKindOfKey(const Credential&, const Credential&);

}  // namespace danegate
