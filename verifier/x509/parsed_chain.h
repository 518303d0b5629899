// ParsedChain holds the certificates of a chain that an X.509 parser takes.
#pragma once

#include <openssl/x509.h>

#include <cstddef>
#include <vector>

#include "verifier/certificate.h"
#include "verifier/x509/certificate_fields.h"

namespace danegate {

// Null if it is no certificate.
bssl::UniquePtr<X509> ParseCertificate(DerSpan der);

class ParsedChain {
 public:
  // Threats 0.6: no honest chain is longer; what stands behind is not looked
  // at.
  static constexpr std::size_t kMaxCertificates = 8;

  // REQUIRES: !chain.empty().
  explicit ParsedChain(const CertificateChain& chain);

  // Null if it cannot be read.
  X509* leaf() const { return certificates_.front().get(); }
  // Borrowed. Null if the certificate at that place cannot be read or has stood
  // before.
  X509* at(std::size_t index) const { return certificates_[index].get(); }
  std::size_t size() const { return certificates_.size(); }

 private:
  std::vector<bssl::UniquePtr<X509>> certificates_;
};

}  // namespace danegate
