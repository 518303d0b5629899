#include "verifier/x509/certificate_path.h"

#include <openssl/err.h>
#include <openssl/nid.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "verifier/check.h"
#include "verifier/rfc3339.h"
#include "verifier/x509/path_candidates.h"
#include "verifier/x509/validity.h"

namespace danegate {

namespace {

using Candidate = std::vector<X509*>;

CertificatePath Unfound(std::string problem) {
  CertificatePath path;
  path.problem = std::move(problem);
  return path;
}

CertificatePath Refused(X509_STORE_CTX* verification, UnixTime at) {
  const int error = X509_STORE_CTX_get_error(verification);
  const int depth = std::max(X509_STORE_CTX_get_error_depth(verification), 0);
  CertificatePath path = Unfound(PlaceOnPath(static_cast<std::size_t>(depth)) +
                                 ": " + X509_verify_cert_error_string(error));
  if (error == X509_V_ERR_CERT_HAS_EXPIRED ||
      error == X509_V_ERR_CERT_NOT_YET_VALID) {
    path.reason = Reason::kExpired;
    path.problem += " at " + ToRfc3339(at);
  }
  return path;
}

void Append(X509* certificate, CertificatePath* path) {
  X509_up_ref(certificate);
  path->certificates.emplace_back(certificate);
  if (X509_get_ext_by_NID(certificate, NID_name_constraints, -1) >= 0) {
    path->forms = IdentifierForms::kDnsIdOnly;
  }
  const auto validity = ReadValidity(certificate);
  path->not_after =
      std::min(path->not_after, validity ? validity->not_after : UnixTime{0});
}

CertificatePath Accepted(X509_STORE_CTX* verification, PathTop top) {
  const auto* found = X509_STORE_CTX_get0_chain(verification);
  Candidate certificates;
  CertificatePath path;
  for (std::size_t i = 0; i < sk_X509_num(found); ++i) {
    certificates.push_back(sk_X509_value(found, i));
    Append(certificates.back(), &path);
  }
  std::string why = WhyAgainstRules(certificates, top);
  if (!why.empty()) return Unfound(std::move(why));
  path.reason = Reason::kMatched;
  return path;
}

// BoringSSL gets only what is on this path, so that it has no other to follow.
CertificatePath Judge(const Candidate& candidate, const PathSearch& search) {
  const bssl::UniquePtr<X509_STORE> store(X509_STORE_new());
  const bssl::UniquePtr<STACK_OF(X509)> between(sk_X509_new_null());
  const bssl::UniquePtr<X509_STORE_CTX> verification(X509_STORE_CTX_new());
  DANEGATE_CHECK(X509_STORE_add_cert(store.get(), candidate.back()) == 1);
  for (std::size_t i = 1; i + 1 < candidate.size(); ++i) {
    X509_up_ref(candidate[i]);
    DANEGATE_CHECK(sk_X509_push(between.get(), candidate[i]) != 0);
  }
  DANEGATE_CHECK(X509_STORE_CTX_init(verification.get(), store.get(),
                                     candidate.front(), between.get()) == 1);
  X509_STORE_CTX_set_flags(verification.get(), X509_V_FLAG_TRUSTED_FIRST |
                                                   X509_V_FLAG_PARTIAL_CHAIN);
  X509_STORE_CTX_set_time(verification.get(), 0, search.at.seconds);
  X509_STORE_CTX_set_depth(verification.get(),
                           static_cast<int>(ParsedChain::kMaxCertificates));
  const bool found = X509_verify_cert(verification.get()) == 1;
  ERR_clear_error();
  return found ? Accepted(verification.get(), search.top)
               : Refused(verification.get(), search.at);
}

}  // namespace

CertificatePath FindPath(const ParsedChain& chain, const PathSearch& search,
                         SignatureBudget& budget) {
  if (chain.leaf() == nullptr) {
    return Unfound("the leaf is not an X.509 certificate that can be read");
  }
  const auto candidates = ListPaths(chain, search.usable, search.anchors);
  if (candidates.truncated) budget.Exhaust();
  std::optional<CertificatePath> nearest;
  for (const Candidate& candidate : candidates.paths) {
    if (!budget.Spend(candidate.size())) break;
    CertificatePath path = Judge(candidate, search);
    if (path.valid()) return path;
    if (!nearest || nearest->reason == Reason::kUntrustedPath) {
      nearest = std::move(path);
    }
  }
  if (nearest) return *std::move(nearest);
  return Unfound(candidates.dead_end.empty() ? "too many signatures to check"
                                             : candidates.dead_end);
}

}  // namespace danegate
