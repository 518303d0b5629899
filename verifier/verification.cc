#include "verifier/verification.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "verifier/check.h"
#include "verifier/decision.h"
#include "verifier/verification/answers.h"
#include "verifier/verification/dane_proof.h"
#include "verifier/verification/pki_proof.h"
#include "verifier/verification/rdata_text.h"
#include "verifier/verification/remedy.h"

namespace danegate {
namespace {

// Verdicts hold for an hour at most: evidence that outlives it is asked for
// again (threats, "what the verdict key must contain").
constexpr std::chrono::seconds kMaxLifetime{3600};
// And those that refuse for less, so that a mended zone helps soon (D-63).
constexpr std::chrono::seconds kMaxNegativeLifetime{30};

}  // namespace

// Two SRV questions; for each target A, AAAA, CNAME, and TLSA at two names.
static_assert(2 + 5 * DaneProof::kMaxTargets <= Verification::kMaxQuestions);

class Verification::State {
 public:
  State(ClaimedDomain peer, CertificateChain chain,
        const VerificationRules& rules, Now now)
      : peer_(std::move(peer)),
        chain_(std::move(chain)),
        rules_(rules),
        started_(now),
        dane_(peer_.domain, chain_, *rules.trust, now.wall) {}

  void Advance(Now);
  void OnAnswer(Answer, Now);
  void OnDeadline(Now);

  Answers answers;
  std::optional<Verdict> verdict;

  Instant deadline() const {
    return verdict ? Instant::Never() : started_.monotonic + kTimeLimit;
  }

 private:
  const DaneFinding& dane() const { return *dane_.finding(); }
  ProofFindings& findings() { return evidence_.findings; }

  void TryPki();
  void Conclude(Now);
  void Grant(Prooftype, std::chrono::seconds lifetime);
  void Refuse(Outcome, Reason, std::string remedy, Now);
  ProofRequirement EffectiveRequirement() const;
  std::string RemedyOfAll() const;
  std::chrono::seconds SinceStart(Now) const;
  void NoteComparisons();

  const ClaimedDomain peer_;
  const CertificateChain chain_;
  const VerificationRules rules_;
  const Now started_;
  std::chrono::seconds shortest_lifetime_ = kMaxLifetime;
  DaneProof dane_;
  PkiProof pki_;
  Evidence evidence_;
};

void Verification::State::Advance(Now now) {
  if (verdict) return;
  dane_.Advance(answers);
  if (!dane_.finding()) return;
  findings().dane = dane().finding;
  NoteComparisons();
  // D6: only where DANE is silent do the others speak.
  if (dane().finding.outcome == Outcome::kAbsent &&
      rules_.require != ProofRequirement::kDane) {
    TryPki();
  }
  Conclude(now);
}

void Verification::State::TryPki() {
  std::vector<Domain> names{peer_.domain};
  for (const Domain& host : dane_.secure_hosts()) names.push_back(host);
  pki_ = ProveByPki(chain_, *rules_.trust, names, started_.wall);
  findings().pki = pki_.finding;
}

void Verification::State::Conclude(Now now) {
  switch (Decide(OutcomesOf(findings()), EffectiveRequirement())) {
    case Decision::kGrantByDane:
      evidence_.tlsa_owner = dane().tlsa_owner;
      evidence_.tlsa_record = dane().tlsa_record;
      evidence_.matched_name = dane().matched_name;
      return Grant(dane().prooftype, dane().lifetime);
    case Decision::kGrantByPki:
      evidence_.matched_name = pki_.matched_name;
      // That DANE is absent holds only as long as the answers that say so.
      return Grant(Prooftype::kPki, std::min(shortest_lifetime_,
                                             pki_.not_after - started_.wall));
    case Decision::kRefuse:
      return Refuse(dane().finding.outcome, dane().finding.reason,
                    RemedyOfAll(), now);
    case Decision::kDefer:
      return Refuse(Outcome::kIndeterminate, dane().finding.reason,
                    RemedyOfAll(), now);
    case Decision::kDialbackOnly:
      Refuse(Outcome::kAbsent, dane().finding.reason, RemedyOfAll(), now);
      verdict->may_dial_back = true;
      return;
    case Decision::kGrantByPosh:
    case Decision::kGrantByDialback:
      DANEGATE_CHECK(false);  // nothing here finds these
  }
}

// D-50: records that cannot be used still ask for a certificate.
ProofRequirement Verification::State::EffectiveRequirement() const {
  if (dane().asks_for_certificate && rules_.require == ProofRequirement::kAny) {
    return ProofRequirement::kStrong;
  }
  return rules_.require;
}

std::string Verification::State::RemedyOfAll() const {
  std::string remedy = dane().remedy;
  const ProofFinding& pki = evidence_.findings.pki;
  // Nothing more to tell where there was no certificate to judge.
  if (pki.reason != Reason::kNotTried && !chain_.empty()) {
    remedy += "; PKI does not prove it either: " + pki.detail;
  }
  return remedy;
}

// D-60, D-61: all lifetimes count from the start.
void Verification::State::Grant(Prooftype prooftype,
                                std::chrono::seconds lifetime) {
  verdict.emplace(peer_, Outcome::kProved, Reason::kMatched);
  verdict->prooftype = prooftype;
  verdict->evidence = std::move(evidence_);
  verdict->expires = started_.monotonic + std::min(kMaxLifetime, lifetime);
}

void Verification::State::Refuse(Outcome outcome, Reason reason,
                                 std::string remedy, Now now) {
  verdict.emplace(peer_, outcome, reason);
  verdict->remedy = std::move(remedy);
  verdict->evidence = std::move(evidence_);
  // D-63: what could not be found out is not remembered at all.
  verdict->expires = outcome == Outcome::kIndeterminate
                         ? now.monotonic
                         : std::min(now.monotonic + kMaxNegativeLifetime,
                                    started_.monotonic + shortest_lifetime_);
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

void Verification::State::NoteComparisons() {
  for (const auto& [owner, result] : dane_.comparisons()) {
    for (EvidenceStep& step : evidence_.steps) {
      if (step.question.type == RecordType::kTlsa &&
          step.question.name == owner) {
        step.detail += ": " + result;
      }
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
                           const VerificationRules& rules, Now now)
    : state_(std::make_unique<State>(std::move(peer), std::move(chain), rules,
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
