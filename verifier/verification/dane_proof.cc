#include "verifier/verification/dane_proof.h"

#include <algorithm>

#include "verifier/dane/usable_records.h"
#include "verifier/verification/rdata_text.h"
#include "verifier/verification/remedy.h"

namespace danegate {
namespace {

// What records mean for a peer that presented nothing: they cannot match.
TlsaMatch MatchNothing(std::span<const TlsaRecord> records) {
  TlsaMatch match{};
  const UsableRecords usable = SelectUsable(records);
  match.kind = usable.records.empty() ? TlsaMatch::Kind::kUnusable
                                      : TlsaMatch::Kind::kNoMatch;
  match.reason = Reason::kNoCertificate;
  match.detail = "the peer presented no certificate";
  return match;
}

}  // namespace

DaneProof::DaneProof(const Domain& peer, const CertificateChain& chain,
                     const TrustStore& trust, UnixTime at)
    : peer_(peer), chain_(chain), at_(at) {
  if (!chain.empty()) matcher_.emplace(chain, trust, at);
}

void DaneProof::Advance(Answers& answers) {
  if (finding_) return;
  const Answer* starttls = answers.Find(SrvQuestion(peer_, false));
  const Answer* direct_tls = answers.Find(SrvQuestion(peer_, true));
  if (starttls == nullptr || direct_tls == nullptr) return;
  const Delegation delegation = ReadDelegation(peer_, *starttls, *direct_tls);
  switch (delegation.status) {
    case DelegationStatus::kSecure:
      return AdvanceTargets(delegation, answers);
    case DelegationStatus::kInsecure:
      return Refuse(Outcome::kAbsent, Reason::kNoSecureDelegation,
                    RemedyForInsecureDelegation(peer_, chain_));
    case DelegationStatus::kNoService:
      return Refuse(Outcome::kAbsent, Reason::kNoService,
                    RemedyForNoService(peer_));
    case DelegationStatus::kFailed:
      return Refuse(Outcome::kIndeterminate,
                    delegation.bogus ? Reason::kDnsBogus : Reason::kDnsFailed,
                    RemedyForFailure(peer_, delegation.failure));
  }
}

void DaneProof::AdvanceTargets(const Delegation& delegation, Answers& answers) {
  targets_.resize(std::min(delegation.targets.size(), kMaxTargets));
  bool pending = false;
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    if (targets_[i]) continue;
    ExaminedTarget target{Examine(delegation.targets[i], answers),
                          std::nullopt};
    if (target.finding.kind == TargetFinding::Kind::kPending) {
      pending = true;
      continue;
    }
    Compare(target);
    // D-71: any target's match is enough, whatever the others say.
    if (target.match && target.match->kind == TlsaMatch::Kind::kMatch) {
      return Prove(delegation, target);
    }
    targets_[i] = std::move(target);
  }
  if (!pending) ConcludeWithoutMatch(delegation);
}

void DaneProof::Compare(ExaminedTarget& target) {
  const TargetFinding& finding = target.finding;
  if (finding.kind != TargetFinding::Kind::kTlsa) return;
  std::vector<Domain> names = finding.names;
  names.push_back(peer_);  // D-43
  target.match = matcher_ ? matcher_->Match(finding.records, names)
                          : MatchNothing(finding.records);
  comparisons_.emplace_back(finding.owner, target.match->detail);
}

void DaneProof::Prove(const Delegation& delegation,
                      const ExaminedTarget& target) {
  const TlsaMatch& match = *target.match;
  finding_.emplace();
  finding_->finding = {Outcome::kProved, Reason::kMatched, match.detail};
  finding_->prooftype = match.prooftype;
  finding_->tlsa_owner = target.finding.owner;
  finding_->tlsa_record = ToText(match.record);
  finding_->matched_name = match.matched_name;
  // D-60, D-61: nothing that the verdict rests on may be outlived.
  finding_->lifetime = std::min(delegation.lifetime, target.finding.lifetime);
  if (match.not_after != UnixTime::Never()) {
    finding_->lifetime = std::min(finding_->lifetime, match.not_after - at_);
  }
}

void DaneProof::ConcludeWithoutMatch(const Delegation& delegation) {
  std::vector<ExaminedTarget> examined;
  for (auto& target : targets_) examined.push_back(*std::move(target));
  NoteSecureHosts(delegation);
  const Conclusion conclusion = Conclude(
      examined, {.unprotected = delegation.has_others,
                 .unexamined = delegation.targets.size() > kMaxTargets});
  Refuse(conclusion.outcome, conclusion.reason,
         RemedyFor(conclusion, peer_, chain_));
  finding_->asks_for_certificate = conclusion.reason == Reason::kAllUnusable;
}

void DaneProof::NoteSecureHosts(const Delegation& delegation) {
  for (const DelegatedTarget& target : delegation.targets) {
    if (secure_hosts_.size() == kMaxTargets) return;
    if (std::find(secure_hosts_.begin(), secure_hosts_.end(), target.host) ==
        secure_hosts_.end()) {
      secure_hosts_.push_back(target.host);
    }
  }
}

void DaneProof::Refuse(Outcome outcome, Reason reason, std::string remedy) {
  // Not an absence before the DNS was asked: a peer could have the proof that
  // its domain publishes ignored by presenting nothing (D-21).
  const bool is_final = outcome != Outcome::kIndeterminate;
  if (chain_.empty() && is_final) {
    reason = Reason::kNoCertificate;
    remedy = RemedyForNoCertificate(peer_);
  }
  finding_.emplace();
  finding_->finding = {outcome, reason, remedy};
  finding_->remedy = std::move(remedy);
}

}  // namespace danegate
