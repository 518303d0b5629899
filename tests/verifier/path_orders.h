// Orders for the path tests: a root, an intermediate and a leaf for a.example,
// all good until a test changes them.
#pragma once

#include <initializer_list>
#include <string>

#include "tests/support/test_certificates.h"
#include "verifier/pkix.h"

namespace danegate::test {

inline CertificateOrder Root() { return {.subject = "Root", .ca = true}; }
inline CertificateOrder Intermediate() {
  return {.subject = "Intermediate", .ca = true};
}
inline CertificateOrder Leaf() {
  return {.subject = "", .names = {DnsName("a.example")}};
}

inline TrustStore Trusting(
    std::initializer_list<const TestCertificate*> roots) {
  std::string pem;
  for (const TestCertificate* root : roots) pem += root->ToPem();
  return pem.empty() ? TrustStore() : *TrustStore::FromPem(pem);
}

inline std::string Why(const CertificateChain& chain, const TrustStore& trust,
                       UnixTime at = kTestNow) {
  return WhyPathInvalid(chain, trust, *Domain::Parse("a.example"), at);
}

inline bool Says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace danegate::test
