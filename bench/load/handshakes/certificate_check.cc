#include "bench/load/handshakes/certificate_check.h"

namespace danegate {

std::string CertificateCheck::WhyWrong(const CertificateChain& chain,
                                       const Domain& wanted, UnixTime at) {
  if (!MatchesIdentity(chain.der(0), wanted)) {
    return "does not name the domain that was asked for";
  }
  if (expected_ && !expected_->Knows(chain, wanted)) {
    return "names the domain, and is no version of the tenant's file";
  }
  return trust_ ? WhyPathInvalid(chain, *trust_, wanted, at) : "";
}

}  // namespace danegate
