// ComparedCertificate is a certificate as TLSA records see it: octets, whole or
// the public key alone, in full or as a digest. Each digest is made once,
// however many records there are.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "verifier/tlsa.h"
#include "verifier/x509/certificate_fields.h"

namespace danegate {

class ComparedCertificate {
 public:
  explicit ComparedCertificate(DerSpan der);
  ComparedCertificate(ComparedCertificate&&) = default;
  ComparedCertificate& operator=(ComparedCertificate&&) = default;

  // Selector, matching type and data fit; the usage is not looked at.
  // REQUIRES: the record is usable.
  bool Matches(const TlsaRecord&);

  DerSpan der() const { return der_; }
  DerSpan public_key() const { return public_key_; }

 private:
  DerSpan Selected(std::uint8_t selector) const;

  std::vector<std::uint8_t> der_;
  DerSpan public_key_;  // into der_; empty if it cannot be found
  // [selector][matching type 1 or 2]
  std::array<std::array<std::vector<std::uint8_t>, 2>, 2> digests_;
};

}  // namespace danegate
