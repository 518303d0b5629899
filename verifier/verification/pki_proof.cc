#include "verifier/verification/pki_proof.h"

#include "verifier/check.h"
#include "verifier/x509/certificate_path.h"
#include "verifier/x509/presented_identity.h"

namespace danegate {
namespace {

PkiProof Without(Outcome outcome, Reason reason, std::string detail) {
  return {.finding = {outcome, reason, std::move(detail)}};
}

std::string Listed(std::span<const Domain> names) {
  std::string list;
  for (const Domain& name : names) {
    list += (list.empty() ? "" : " or ") + name.ascii();
  }
  return list;
}

}  // namespace

PkiProof ProveByPki(const CertificateChain& chain, const TrustStore& trust,
                    std::span<const Domain> names, UnixTime at) {
  DANEGATE_CHECK(!names.empty());
  if (chain.empty()) {
    return Without(Outcome::kAbsent, Reason::kNoCertificate,
                   "the peer presented no certificate");
  }
  SignatureBudget budget;
  const auto path = FindPath(ParsedChain(chain),
                             {.anchors = trust.roots(), .at = at}, budget);
  if (!path.valid() && budget.exhausted()) {
    return Without(Outcome::kIndeterminate, Reason::kBudgetExhausted,
                   "the chain has more ways to a root than are tried");
  }
  if (!path.valid()) {
    return Without(Outcome::kDisproved, path.reason, path.problem);
  }
  for (const Domain& name : names) {
    if (!PresentsIdentity(chain.der(0), name, path.forms)) continue;
    return {.finding = {Outcome::kProved, Reason::kMatched,
                        "the certificate has a path to a trusted root and "
                        "names " +
                            name.ascii()},
            .matched_name = name.ascii(),
            .not_after = path.not_after};
  }
  return Without(Outcome::kDisproved, Reason::kWrongName,
                 "the certificate does not name " + Listed(names));
}

}  // namespace danegate
