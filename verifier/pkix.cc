#include "verifier/pkix.h"

#include "verifier/x509/certificate_path.h"
#include "verifier/x509/presented_identity.h"

namespace danegate {

bool MatchesIdentity(std::span<const std::uint8_t> leaf_der,
                     const Domain& reference) {
  return PresentsIdentity(leaf_der, reference, IdentifierForms::kAll);
}

std::string WhyPathInvalid(const CertificateChain& chain,
                           const TrustStore& trust, const Domain& reference,
                           UnixTime at) {
  SignatureBudget budget;
  const auto path = FindPath(ParsedChain(chain),
                             {.anchors = trust.roots(), .at = at}, budget);
  if (!path.valid()) return path.problem;
  if (PresentsIdentity(chain.der(0), reference, path.forms)) return "";
  return "the leaf does not name " + reference.ascii();
}

}  // namespace danegate
