// JudgeEndpoint decides what a server that connects to us concludes about one
// endpoint of a domain: the initiator's side of RFC 7673 (spec D.7). The chain
// is the one that this endpoint shows, so its TLSA records alone count;
// inbound, where there is no chosen endpoint, see dane_proof.h. Pure.
#pragma once

#include <optional>
#include <string>

#include "verifier/certificate.h"
#include "verifier/domain.h"
#include "verifier/instant.h"
#include "verifier/pkix.h"
#include "verifier/proof.h"
#include "verifier/tlsa.h"
#include "verifier/verification/target_finding.h"

namespace danegate {

// Where an initiator has arrived.
struct JudgedEndpoint {
  Domain source;  // whom it is looking for
  Domain host;    // the SRV target
  // The SRV record is signed: only then is the host a reference identity and do
  // its TLSA records count (D-10, F-13).
  bool is_delegated_securely = false;
  // What the DNS says about the host; not kPending.
  TargetFinding finding;
};

struct EndpointJudgement {
  // kProved by DANE or PKI. kDisproved: the connection is given up, whatever
  // else would prove us (D-52). kAbsent: POSH may still prove us, or dialback.
  // kIndeterminate: nobody connects here now (D-13, D-16).
  Outcome outcome = Outcome::kAbsent;
  Reason reason = Reason::kNoTlsa;
  Prooftype prooftype = Prooftype::kPki;  // for kProved
  // When the certificates of the proof end (D-61).
  UnixTime not_after = UnixTime::Never();
  // There are TLSA records that cannot be used: dialback is not enough (D-50).
  bool asks_for_certificate = false;
  std::optional<TlsaMatch> match;  // if there are TLSA records that count
  ProofFinding pki;
  std::string detail;  // one sentence
};

// `trust` are the roots that the initiator has. REQUIRES: !chain.empty().
EndpointJudgement JudgeEndpoint(const JudgedEndpoint&, const CertificateChain&,
                                const TrustStore& trust, UnixTime at);

}  // namespace danegate
