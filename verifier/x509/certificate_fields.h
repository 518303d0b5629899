// CertificateFields finds the parts of a certificate's DER that are compared
// byte for byte, and judges nothing: a usage 3 record may match a certificate
// that no X.509 parser takes (D-42). Any bytes may come in.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace danegate {

using DerSpan = std::span<const std::uint8_t>;

// The spans point into the certificate that was read.
struct CertificateFields {
  // Nothing if the certificate does not begin as RFC 5280 section 4.1 says, up
  // to its public key.
  static std::optional<CertificateFields> Find(DerSpan certificate);

  // The one extension of this type: the contents of its OCTET STRING. Nothing
  // if there is none, more than one (RFC 5280 section 4.2), or one that cannot
  // be read. `oid` is the contents of an OBJECT IDENTIFIER.
  std::optional<DerSpan> FindExtension(DerSpan oid) const;

  DerSpan issuer;  // with tag and length, as the following two
  DerSpan subject;
  DerSpan public_key;  // SubjectPublicKeyInfo
  DerSpan rest;        // what stands behind the public key
};

}  // namespace danegate
