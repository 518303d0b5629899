#include "verifier/x509/parsed_chain.h"

#include <openssl/err.h>
#include <openssl/pool.h>

#include <algorithm>
#include <utility>

#include "verifier/check.h"

namespace danegate {

bssl::UniquePtr<X509> ParseCertificate(DerSpan der) {
  const bssl::UniquePtr<CRYPTO_BUFFER> buffer(
      CRYPTO_BUFFER_new(der.data(), der.size(), nullptr));
  DANEGATE_CHECK(buffer != nullptr);
  bssl::UniquePtr<X509> certificate(X509_parse_from_buffer(buffer.get()));
  ERR_clear_error();
  return certificate;
}

ParsedChain::ParsedChain(const CertificateChain& chain) {
  DANEGATE_CHECK(!chain.empty());
  for (std::size_t i = 0; i < std::min(chain.size(), kMaxCertificates); ++i) {
    bssl::UniquePtr<X509> certificate(X509_parse_from_buffer(chain.buffer(i)));
    const bool repeated = std::any_of(
        certificates_.begin(), certificates_.end(), [&](const auto& earlier) {
          return certificate != nullptr && earlier != nullptr &&
                 X509_cmp(earlier.get(), certificate.get()) == 0;
        });
    certificates_.push_back(repeated ? nullptr : std::move(certificate));
  }
  ERR_clear_error();
}

}  // namespace danegate
