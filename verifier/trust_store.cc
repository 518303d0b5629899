#include <openssl/x509.h>

#include <algorithm>
#include <utility>

#include "verifier/pkix.h"
#include "verifier/x509/parsed_chain.h"

namespace danegate {

TrustStore::TrustStore() = default;
TrustStore::~TrustStore() = default;
TrustStore::TrustStore(TrustStore&&) noexcept = default;
TrustStore& TrustStore::operator=(TrustStore&&) noexcept = default;

std::vector<X509*> TrustStore::roots() const {
  std::vector<X509*> roots;
  roots.reserve(roots_.size());
  for (const auto& root : roots_) roots.push_back(root.get());
  return roots;
}

Result<TrustStore, std::string> TrustStore::FromPem(std::string_view pem) {
  auto chain = CertificateChain::ParsePem(pem);
  if (!chain) return Failure(std::move(chain).error());
  TrustStore trust;
  trust.digest_ = chain->ChainDigest();
  for (std::size_t i = 0; i < chain->size(); ++i) {
    auto root = ParseCertificate(chain->der(i));
    if (root == nullptr) {
      return Failure("certificate " + std::to_string(i + 1) +
                     ": expected an X.509 certificate; found one that cannot "
                     "be read");
    }
    trust.roots_.push_back(std::move(root));
  }
  return trust;
}

}  // namespace danegate
