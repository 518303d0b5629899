#include "verifier/verification.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "verifier/dane/tlsa_matcher.h"
#include "verifier/dane/usable_records.h"
#include "verifier/verification/answers.h"
#include "verifier/verification/conclusion.h"
#include "verifier/verification/delegation.h"
#include "verifier/verification/rdata_text.h"
#include "verifier/verification/remedy.h"
#include "verifier/verification/target_finding.h"

namespace danegate {
namespace {

// Verdicts hold for an hour at most: evidence that outlives it is asked for
// again (threats, "what the verdict key must contain").
constexpr std::chrono::seconds kMaxLifetime{3600};
// And those that refuse for less, so that a mended zone helps soon (D-63).
constexpr std::chrono::seconds kMaxNegativeLifetime{30};

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

// Two SRV questions; for each target A, AAAA, CNAME, and TLSA at two names.
static_assert(2 + 5 * Verification::kMaxTargets <= Verification::kMaxQuestions);

class Verification::State {
 public:
  State(ClaimedDomain peer, CertificateChain chain, const TrustStore& trust,
        Now now)
      : peer_(std::move(peer)), chain_(std::move(chain)), started_(now) {
    if (!chain_.empty()) matcher_.emplace(chain_, trust, now.wall);
  }

  void Advance(Now);
  void OnAnswer(Answer, Now);
  void OnDeadline(Now);

  Answers answers;
  std::optional<Verdict> verdict;

  Instant deadline() const {
    return verdict ? Instant::Never() : started_.monotonic + kTimeLimit;
  }

 private:
  void AdvanceTargets(const Delegation&, Now);
  void Compare(ExaminedTarget&);
  // Every target is examined and none matched.
  void ConcludeWithoutMatch(const Delegation&, Now);

  void Prove(const Delegation&, const ExaminedTarget&);
  // For every other outcome.
  void Refuse(Outcome, Reason, std::string remedy, Now);
  std::chrono::seconds SinceStart(Now) const;
  void NoteComparison(const std::string& owner, const std::string& result);

  const ClaimedDomain peer_;
  const CertificateChain chain_;
  // One for all targets: paths and digests are found once. Nothing where the
  // peer presented no certificate.
  std::optional<TlsaMatcher> matcher_;
  const Now started_;
  std::chrono::seconds shortest_lifetime_ = kMaxLifetime;
  std::vector<std::optional<ExaminedTarget>> targets_;
  Evidence evidence_;
};

void Verification::State::Advance(Now now) {
  if (verdict) return;
  const Answer* starttls = answers.Find(SrvQuestion(peer_.domain, false));
  const Answer* direct_tls = answers.Find(SrvQuestion(peer_.domain, true));
  if (starttls == nullptr || direct_tls == nullptr) return;
  const Delegation delegation =
      ReadDelegation(peer_.domain, *starttls, *direct_tls);
  switch (delegation.status) {
    case DelegationStatus::kSecure:
      return AdvanceTargets(delegation, now);
    case DelegationStatus::kInsecure:
      return Refuse(Outcome::kAbsent, Reason::kNoSecureDelegation,
                    RemedyForInsecureDelegation(peer_.domain, chain_), now);
    case DelegationStatus::kNoService:
      return Refuse(Outcome::kAbsent, Reason::kNoService,
                    RemedyForNoService(peer_.domain), now);
    case DelegationStatus::kFailed:
      return Refuse(Outcome::kIndeterminate,
                    delegation.bogus ? Reason::kDnsBogus : Reason::kDnsFailed,
                    RemedyForFailure(peer_.domain, delegation.failure), now);
  }
}

void Verification::State::AdvanceTargets(const Delegation& delegation,
                                         Now now) {
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
  if (!pending) ConcludeWithoutMatch(delegation, now);
}

void Verification::State::Compare(ExaminedTarget& target) {
  const TargetFinding& finding = target.finding;
  if (finding.kind != TargetFinding::Kind::kTlsa) return;
  std::vector<Domain> names = finding.names;
  names.push_back(peer_.domain);  // D-43
  target.match = matcher_ ? matcher_->Match(finding.records, names)
                          : MatchNothing(finding.records);
  NoteComparison(finding.owner, target.match->detail);
}

void Verification::State::ConcludeWithoutMatch(const Delegation& delegation,
                                               Now now) {
  std::vector<ExaminedTarget> examined;
  for (auto& target : targets_) examined.push_back(*std::move(target));
  const Conclusion conclusion = Conclude(
      examined, {.unprotected = delegation.has_others,
                 .unexamined = delegation.targets.size() > kMaxTargets});
  Refuse(conclusion.outcome, conclusion.reason,
         RemedyFor(conclusion, peer_.domain, chain_), now);
}

void Verification::State::Prove(const Delegation& delegation,
                                const ExaminedTarget& target) {
  const TlsaMatch& match = *target.match;
  evidence_.tlsa_owner = target.finding.owner;
  evidence_.tlsa_record = ToText(match.record);
  evidence_.matched_name = match.matched_name;
  // D-60, D-61: nothing that the verdict rests on may be outlived. All of it
  // counts from the start.
  auto lifetime =
      std::min({kMaxLifetime, delegation.lifetime, target.finding.lifetime});
  if (match.not_after != UnixTime::Never()) {
    lifetime = std::min(lifetime, match.not_after - started_.wall);
  }
  verdict.emplace(peer_, Outcome::kProved, Reason::kMatched);
  verdict->prooftype = match.prooftype;
  verdict->evidence = std::move(evidence_);
  verdict->expires = started_.monotonic + lifetime;
}

void Verification::State::Refuse(Outcome outcome, Reason reason,
                                 std::string remedy, Now now) {
  const bool is_final = outcome != Outcome::kIndeterminate;
  // Not an absence before the DNS was asked: a peer could have the proof that
  // its domain publishes ignored by presenting nothing (D-21).
  if (chain_.empty() && is_final) {
    reason = Reason::kNoCertificate;
    remedy = RemedyForNoCertificate(peer_.domain);
  }
  verdict.emplace(peer_, outcome, reason);
  verdict->remedy = std::move(remedy);
  verdict->evidence = std::move(evidence_);
  // D-63: what could not be found out is not remembered at all.
  verdict->expires = is_final
                         ? std::min(now.monotonic + kMaxNegativeLifetime,
                                    started_.monotonic + shortest_lifetime_)
                         : now.monotonic;
}

std::chrono::seconds Verification::State::SinceStart(Now now) const {
  return std::chrono::duration_cast<std::chrono::seconds>(now.monotonic -
                                                          started_.monotonic);
}

void Verification::State::OnAnswer(Answer answer, Now now) {
  // From here on all lifetimes count from the start.
  answer.lifetime += SinceStart(now);
  if (verdict || !answers.Put(answer)) return;
  shortest_lifetime_ = std::min(shortest_lifetime_, answer.lifetime);
  evidence_.steps.push_back(
      {answer.question, answer.status, answer.security, ToText(answer)});
  Advance(now);
}

void Verification::State::NoteComparison(const std::string& owner,
                                         const std::string& result) {
  for (EvidenceStep& step : evidence_.steps) {
    if (step.question.type == RecordType::kTlsa &&
        step.question.name == owner) {
      step.detail += ": " + result;
    }
  }
}

void Verification::State::OnDeadline(Now now) {
  if (verdict || now.monotonic < deadline()) return;
  const auto open = answers.FirstOpen();
  const std::string what =
      open ? open->name + " " + std::string(ToString(open->type))
           : std::string("the DNS");
  const std::string failure =
      what + ": no answer within " + std::to_string(kTimeLimit.count()) + " s";
  Refuse(Outcome::kIndeterminate, Reason::kDnsFailed,
         RemedyForFailure(peer_.domain, failure), now);
}

Verification::Verification(ClaimedDomain peer, CertificateChain chain,
                           const TrustStore& trust, Now now)
    : state_(std::make_unique<State>(std::move(peer), std::move(chain), trust,
                                     now)) {
  state_->Advance(now);
}
Verification::~Verification() = default;
Verification::Verification(Verification&&) noexcept = default;
Verification& Verification::operator=(Verification&&) noexcept = default;

std::optional<Question> Verification::NextQuestion() {
  if (state_->verdict) return std::nullopt;
  return state_->answers.NextWanted();
}

void Verification::OnAnswer(const Answer& answer, Now now) {
  state_->OnAnswer(answer, now);
}

void Verification::OnDeadline(Now now) { state_->OnDeadline(now); }

Instant Verification::deadline() const { return state_->deadline(); }

const std::optional<Verdict>& Verification::verdict() const {
  return state_->verdict;
}

}  // namespace danegate
