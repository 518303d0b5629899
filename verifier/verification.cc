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

std::string ToText(const HttpsReply& reply) {
  if (reply.status == 0) return reply.failure;
  const std::string status = "status " + std::to_string(reply.status);
  if (!reply.location.empty()) return status + ", leads to " + reply.location;
  return status + ", " + std::to_string(reply.body.size()) + " octets";
}

}  // namespace

// Two SRV questions; for each target A, AAAA, CNAME, and TLSA at two names.
static_assert(2 + 5 * DaneProof::kMaxTargets + PoshSearch::kMaxQuestions <=
              Verification::kMaxQuestions);

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
  void OnReply(const HttpsReply&, Now);
  void OnDeadline(Now);
  std::optional<HttpsRequest> NextRequest();

  Answers answers;
  std::optional<Verdict> verdict;

  Instant deadline() const {
    if (verdict) return Instant::Never();
    const Instant posh = posh_ ? posh_->deadline() : Instant::Never();
    return std::min(posh, started_.monotonic + kTimeLimit);
  }

 private:
  const DaneFinding& dane() const { return *dane_.finding(); }
  ProofFindings& findings() { return evidence_.findings; }

  // False while POSH goes on.
  bool TryOthers(Now);
  void TryPki();
  void NotePosh(const PoshFinding&, Now);
  void Conclude(Now);
  void Grant(Prooftype, std::chrono::seconds lifetime);
  void Refuse(Outcome, Reason, std::string remedy, Now);
  Reason WhyUndecided() const;
  ProofRequirement EffectiveRequirement() const;
  std::string RemedyOfAll() const;
  std::chrono::seconds SinceStart(Now) const;
  std::chrono::microseconds TimeOf(Now) const;
  void NoteComparisons();

  const ClaimedDomain peer_;
  const CertificateChain chain_;
  const VerificationRules rules_;
  const Now started_;
  std::chrono::seconds shortest_lifetime_ = kMaxLifetime;
  DaneProof dane_;
  std::optional<PkiProof> pki_;
  std::optional<PoshSearch> posh_;
  std::chrono::seconds posh_lifetime_{0};
  Evidence evidence_;
};

void Verification::State::Advance(Now now) {
  if (verdict) return;
  dane_.Advance(answers);
  if (!dane_.finding()) return;
  if (findings().dane.reason == Reason::kNotTried) {
    findings().dane = dane().finding;
    NoteComparisons();
  }
  // D6: only where DANE is silent do the others speak.
  if (dane().finding.outcome == Outcome::kAbsent &&
      rules_.require != ProofRequirement::kDane && !TryOthers(now)) {
    return;
  }
  Conclude(now);
}

bool Verification::State::TryOthers(Now now) {
  if (!pki_) TryPki();
  if (pki_->finding.outcome == Outcome::kProved || chain_.empty() ||
      rules_.posh_guard == nullptr) {
    return true;
  }
  if (!posh_) {
    posh_.emplace(peer_.domain, chain_, rules_.posh, *rules_.posh_guard, now);
  }
  posh_->Advance(answers, now);
  if (!posh_->finding()) return false;
  NotePosh(*posh_->finding(), now);
  return true;
}

// E-15, E-17: from the start, as all lifetimes.
void Verification::State::NotePosh(const PoshFinding& posh, Now now) {
  findings().posh = {posh.outcome, posh.reason, posh.detail};
  if (posh.outcome != Outcome::kProved) return;
  evidence_.posh_url = posh.url;
  posh_lifetime_ =
      std::min(posh.lifetime + SinceStart(now), posh.not_after - started_.wall);
}

void Verification::State::TryPki() {
  std::vector<Domain> names{peer_.domain};
  for (const Domain& host : dane_.secure_hosts()) names.push_back(host);
  pki_ = ProveByPki(chain_, *rules_.trust, names, started_.wall);
  findings().pki = pki_->finding;
}

void Verification::State::Conclude(Now now) {
  switch (Decide(OutcomesOf(findings()), EffectiveRequirement())) {
    case Decision::kGrantByDane:
      evidence_.tlsa_owner = dane().tlsa_owner;
      evidence_.tlsa_record = dane().tlsa_record;
      evidence_.matched_name = dane().matched_name;
      return Grant(dane().prooftype, dane().lifetime);
    case Decision::kGrantByPki:
      evidence_.matched_name = pki_->matched_name;
      // That DANE is absent holds only as long as the answers that say so.
      return Grant(Prooftype::kPki, std::min(shortest_lifetime_,
                                             pki_->not_after - started_.wall));
    case Decision::kGrantByPosh:
      return Grant(Prooftype::kPosh,
                   std::min(shortest_lifetime_, posh_lifetime_));
    case Decision::kRefuse:
      return Refuse(dane().finding.outcome, dane().finding.reason,
                    RemedyOfAll(), now);
    case Decision::kDefer:
      return Refuse(Outcome::kIndeterminate, WhyUndecided(), RemedyOfAll(),
                    now);
    case Decision::kDialbackOnly:
      Refuse(Outcome::kAbsent, dane().finding.reason, RemedyOfAll(), now);
      verdict->may_dial_back = true;
      return;
    case Decision::kGrantByDialback:
      DANEGATE_CHECK(false);  // nothing here finds these
  }
}

// Of the prooftype that could not be found out, not of the first that was
// asked.
Reason Verification::State::WhyUndecided() const {
  const ProofFindings& found = evidence_.findings;
  if (found.dane.outcome == Outcome::kIndeterminate) return found.dane.reason;
  if (found.pki.outcome == Outcome::kIndeterminate) return found.pki.reason;
  return found.posh.reason;
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
  const ProofFinding& posh = evidence_.findings.posh;
  if (posh.reason != Reason::kNotTried) {
    remedy += "; nor does POSH: " + posh.detail;
  }
  return remedy;
}

// D-60, D-61: all lifetimes count from the start.
void Verification::State::Grant(Prooftype prooftype,
                                std::chrono::seconds lifetime) {
  verdict.emplace(peer_, Outcome::kProved, Reason::kMatched);
  verdict->prooftype = prooftype;
  verdict->may_dial_back = rules_.require == ProofRequirement::kAny;
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

std::chrono::microseconds Verification::State::TimeOf(Now now) const {
  return std::chrono::duration_cast<std::chrono::microseconds>(
      now.monotonic - started_.monotonic);
}

void Verification::State::OnAnswer(Answer answer, Now now) {
  // From here on all lifetimes count from the start.
  answer.lifetime += SinceStart(now);
  if (verdict || !answers.Put(answer)) return;
  // A failure that mattered has made the verdict indeterminate.
  if (answer.status != DnsStatus::kFailed) {
    shortest_lifetime_ = std::min(shortest_lifetime_, answer.lifetime);
  }
  evidence_.steps.push_back({answer.question, answer.status, answer.security,
                             ToText(answer), TimeOf(now)});
  Advance(now);
}

void Verification::State::NoteComparisons() {
  for (const auto& [owner, result] : dane_.comparisons()) {
    for (EvidenceStep& step : evidence_.steps) {
      if (step.question.type == RecordType::kTlsa &&
          step.question.name == owner) {
        step.comparison = result;
      }
    }
  }
}

std::optional<HttpsRequest> Verification::State::NextRequest() {
  if (verdict || !posh_) return std::nullopt;
  return posh_->NextRequest();
}

void Verification::State::OnReply(const HttpsReply& reply, Now now) {
  if (verdict || !posh_) return;
  evidence_.fetches.push_back(
      {posh_->url().ToText(), TimeOf(now), ToText(reply)});
  posh_->OnReply(reply, now);
  Advance(now);
}

void Verification::State::OnDeadline(Now now) {
  if (verdict || now.monotonic < deadline()) return;
  if (posh_ && now.monotonic < started_.monotonic + kTimeLimit) {
    posh_->OnDeadline(now);
    return Advance(now);
  }
  if (dane_.finding()) {  // only POSH is still to be found out
    findings().posh = {Outcome::kIndeterminate, Reason::kPoshFailed,
                       "there was no time left to fetch its document"};
    return Conclude(now);
  }
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

std::optional<HttpsRequest> Verification::NextRequest() {
  return state_->NextRequest();
}

void Verification::OnReply(const HttpsReply& reply, Now now) {
  state_->OnReply(reply, now);
}

void Verification::OnDeadline(Now now) { state_->OnDeadline(now); }

Instant Verification::deadline() const { return state_->deadline(); }

const std::optional<Verdict>& Verification::verdict() const {
  return state_->verdict;
}

}  // namespace danegate
