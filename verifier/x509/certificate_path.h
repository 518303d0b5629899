// CertificatePath leads from a leaf to a trust anchor, as RFC 5280 section 6
// asks, for the purpose serverAuth in both directions (D8, C-31).
#pragma once

#include <openssl/x509.h>

#include <cstddef>
#include <string>
#include <vector>

#include "verifier/instant.h"
#include "verifier/proof.h"
#include "verifier/x509/parsed_chain.h"
#include "verifier/x509/path_rules.h"
#include "verifier/x509/presented_identity.h"
#include "verifier/x509/signature_budget.h"

namespace danegate {

struct CertificatePath {
  // kMatched: the path is valid. kExpired: a certificate is not valid at the
  // time asked for. kUntrustedPath: anything else; `problem` says what.
  Reason reason = Reason::kUntrustedPath;
  std::string problem;
  // Leaf first, the anchor last; empty unless kMatched.
  std::vector<bssl::UniquePtr<X509>> certificates;
  // The earliest end of validity (D-61).
  UnixTime not_after = UnixTime::Never();
  // Which identifiers of the leaf count (C-14).
  IdentifierForms forms = IdentifierForms::kAll;

  bool valid() const { return reason == Reason::kMatched; }
};

// What a path may lead to, when, and through what.
struct PathSearch {
  // An anchor need not be self-signed. Its own constraints and validity apply,
  // too (D-44). Borrowed.
  std::vector<X509*> anchors;
  UnixTime at;
  // Only so many certificates of the chain may be used, from the leaf on.
  std::size_t usable = ParsedChain::kMaxCertificates;
  // kBelowAnchor: what stands in `anchors` was signed by a bare key (D-44).
  PathTop top = PathTop::kAnchor;
};

// The first valid path, near anchors before far ones; else the failure of one
// that came nearest.
CertificatePath FindPath(const ParsedChain&, const PathSearch&,
                         SignatureBudget&);

}  // namespace danegate
