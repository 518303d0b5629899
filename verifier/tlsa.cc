#include "verifier/tlsa.h"

#include "verifier/dane/tlsa_matcher.h"

namespace danegate {

TlsaMatch MatchTlsa(const CertificateChain& chain,
                    std::span<const TlsaRecord> records,
                    std::span<const Domain> names, const TrustStore& trust,
                    UnixTime at) {
  return TlsaMatcher(chain, trust, at).Match(records, names);
}

}  // namespace danegate
