// What POSH says about a domain, from the documents that were fetched (spec E).
// Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "proxy/command/doctor/domain_facts.h"
#include "proxy/command/doctor/expectation.h"
#include "proxy/command/doctor/finding.h"
#include "verifier/certificate.h"
#include "verifier/instant.h"
#include "verifier/posh_document.h"

namespace danegate {

// The documents that a domain publishes.
class PublishedPosh {
 public:
  explicit PublishedPosh(const DomainFacts&);

  // A valid document names the certificate (E-13).
  bool Proves(const CertificateChain&, UnixTime at) const;
  // What is wrong with what is there; no document is no mistake. `chains` are
  // those that a peer without DANE is shown.
  std::vector<Finding> Check(const std::vector<CertificateChain>& chains,
                             const Expectation&) const;

 private:
  // The one with the fingerprints, if there is one that is valid.
  const PoshDocument* Fingerprints() const;
  bool HasExpired() const;
  Finding Compare(const PoshMatch&, const Expectation&) const;
  Finding Broken(const Expectation&) const;
  std::string DocumentFor(const Expectation&) const;

  const DomainFacts& facts_;
  std::vector<PoshDocument> documents_;  // in the order of the fetches
  std::string mistake_;                  // of one that is none
};

}  // namespace danegate
