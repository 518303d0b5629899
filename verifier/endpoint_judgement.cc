#include "verifier/endpoint_judgement.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "verifier/check.h"
#include "verifier/verification/pki_proof.h"

namespace danegate {
namespace {

using Kind = TargetFinding::Kind;

EndpointJudgement Undecided(Outcome outcome, Reason reason,
                            std::string detail) {
  EndpointJudgement judgement;
  judgement.outcome = outcome;
  judgement.reason = reason;
  judgement.detail = std::move(detail);
  return judgement;
}

// D-43, D-54: the TLSA base domain first, the source domain last.
TlsaMatch MatchRecords(const JudgedEndpoint& endpoint,
                       const CertificateChain& chain, const TrustStore& trust,
                       UnixTime at) {
  std::vector<Domain> names = endpoint.finding.names;
  names.push_back(endpoint.source);
  return MatchTlsa(chain, endpoint.finding.records, names, trust, at);
}

EndpointJudgement OfMatch(TlsaMatch match) {
  EndpointJudgement judgement;
  judgement.reason = match.reason;
  judgement.detail = match.detail;
  switch (match.kind) {
    case TlsaMatch::Kind::kMatch:
      judgement.outcome = Outcome::kProved;
      judgement.prooftype = match.prooftype;
      judgement.not_after = match.not_after;
      break;
    case TlsaMatch::Kind::kNoMatch:
      judgement.outcome = Outcome::kDisproved;  // D-52
      break;
    case TlsaMatch::Kind::kUnusable:
      judgement.asks_for_certificate = true;  // D-50
      break;
  }
  judgement.match = std::move(match);
  return judgement;
}

// D-55, C-03: the host is a name of ours only where the delegation is signed.
void TryPki(const JudgedEndpoint& endpoint, const CertificateChain& chain,
            const TrustStore& trust, UnixTime at,
            EndpointJudgement& judgement) {
  std::vector<Domain> names{endpoint.source};
  if (endpoint.is_delegated_securely) names.push_back(endpoint.host);
  PkiProof proof = ProveByPki(chain, trust, names, at);
  judgement.pki = proof.finding;
  if (proof.finding.outcome != Outcome::kProved) return;
  judgement.outcome = Outcome::kProved;
  judgement.reason = Reason::kMatched;
  judgement.prooftype = Prooftype::kPki;
  judgement.not_after = proof.not_after;
  judgement.detail = judgement.pki.detail;
}

EndpointJudgement OfDns(const JudgedEndpoint& endpoint,
                        const CertificateChain& chain, const TrustStore& trust,
                        UnixTime at) {
  const TargetFinding& finding = endpoint.finding;
  switch (finding.kind) {
    case Kind::kFailed:
      return Undecided(Outcome::kIndeterminate,
                       finding.bogus ? Reason::kDnsBogus : Reason::kDnsFailed,
                       finding.failure);
    case Kind::kUnreachable:
      return Undecided(Outcome::kIndeterminate, Reason::kNoService,
                       endpoint.host.ascii() + " has no address");
    case Kind::kUnsigned:
      return Undecided(Outcome::kAbsent, Reason::kNoSecureDelegation,
                       "the address of " + endpoint.host.ascii() +
                           " is not signed, so its TLSA records do not count");
    case Kind::kWithoutTlsa:
      return Undecided(Outcome::kAbsent, Reason::kNoTlsa,
                       "there is no TLSA record at " + finding.owner);
    case Kind::kTlsa:
      return OfMatch(MatchRecords(endpoint, chain, trust, at));
    case Kind::kPending:
      break;
  }
  DANEGATE_CHECK(false);
  return {};
}

}  // namespace

EndpointJudgement JudgeEndpoint(const JudgedEndpoint& endpoint,
                                const CertificateChain& chain,
                                const TrustStore& trust, UnixTime at) {
  DANEGATE_CHECK(!chain.empty());
  EndpointJudgement judgement =
      endpoint.is_delegated_securely
          ? OfDns(endpoint, chain, trust, at)
          : Undecided(Outcome::kAbsent, Reason::kNoSecureDelegation,
                      "the SRV record of " + endpoint.source.ascii() +
                          " is not signed");  // D-12
  if (judgement.outcome == Outcome::kAbsent) {
    TryPki(endpoint, chain, trust, at, judgement);
  }
  return judgement;
}

}  // namespace danegate
