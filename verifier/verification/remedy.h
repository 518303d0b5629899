// What a peer's operator is told: one sentence on what failed, and the record
// that would mend it. Pure; the texts go to peers and into logs.
#pragma once

#include <string>

#include "verifier/certificate.h"
#include "verifier/domain.h"
#include "verifier/verification/conclusion.h"

namespace danegate {

std::string RemedyForNoCertificate(const Domain& peer);
std::string RemedyForInsecureDelegation(const Domain& peer,
                                        const CertificateChain&);
std::string RemedyForNoService(const Domain& peer);
std::string RemedyForFailure(const Domain& peer, const std::string& failure);
// For a conclusion that a target has decided.
std::string RemedyFor(const Conclusion&, const Domain& peer,
                      const CertificateChain&);

}  // namespace danegate
