#include "verifier/service/verification_table.h"

#include <algorithm>
#include <string>

namespace danegate {

VerificationTable::VerificationTable(const TrustStore& trust) : trust_(trust) {}

void VerificationTable::OnRequest(VerdictRequest request, Now now) {
  ++totals_.requests;
  VerdictKey key{request.chain.ChainDigest(), request.peer.domain,
                 request.policy->Digest()};
  if (auto verdict = Recall(key, now.monotonic)) {
    ++totals_.cache_hits;
    replies_.push_back(
        {request.inbox,
         {request.ticket, std::move(verdict), /*from_cache=*/true}});
    return;
  }
  if (const auto same = running_by_key_.find(key);
      same != running_by_key_.end()) {
    ++totals_.joined;
    running_.at(same->second)
        .waiting.push_back({request.ticket, request.inbox});
    return;
  }
  if (running_.size() >= kMaxRunning) {
    return Refuse(request,
                  std::to_string(kMaxRunning) +
                      " other peers are being verified at this moment",
                  now);
  }
  const auto of_domain = running_of_domain_.find(key.domain);
  if (of_domain != running_of_domain_.end() &&
      of_domain->second >= kMaxRunningOfDomain) {
    return Refuse(request,
                  std::to_string(kMaxRunningOfDomain) +
                      " certificates of this domain are being verified at this "
                      "moment",
                  now);
  }
  Begin(std::move(key), std::move(request), now);
}

void VerificationTable::OnAnswer(std::uint64_t verification,
                                 const Answer& answer, Now now) {
  const auto run = running_.find(verification);
  if (run == running_.end()) return;
  run->second.verification.OnAnswer(answer, now);
  AfterInput(run, now);
}

void VerificationTable::OnDeadline(Now now) {
  while (deadline() <= now.monotonic) {
    const auto run = running_.find(deadlines_.begin()->second);
    run->second.verification.OnDeadline(now);
    DANEGATE_CHECK(run->second.verification.verdict() ||
                   run->second.verification.deadline() > now.monotonic);
    AfterInput(run, now);
  }
}

std::optional<VerificationTable::Asked> VerificationTable::NextQuestion() {
  while (!questions_.empty()) {
    Asked asked = std::move(questions_.front());
    questions_.pop_front();
    if (running_.contains(asked.verification)) return asked;
  }
  return std::nullopt;
}

std::optional<VerificationTable::Reply> VerificationTable::NextReply() {
  if (replies_.empty()) return std::nullopt;
  Reply reply = std::move(replies_.front());
  replies_.pop_front();
  return reply;
}

Instant VerificationTable::deadline() const {
  return deadlines_.empty() ? Instant::Never() : deadlines_.begin()->first;
}

std::shared_ptr<const Verdict> VerificationTable::Recall(const VerdictKey& key,
                                                         Instant now) {
  if (auto verdict = proved_.Find(key, now)) return verdict;
  return refused_.Find(key, now);
}

// Without its steps, which a peer can make long: they have been told once.
void VerificationTable::Remember(const VerdictKey& key, Verdict verdict,
                                 Instant now) {
  const Instant expires = verdict.expires;
  if (expires <= now) return;
  verdict.evidence.steps.clear();
  verdict.evidence.steps.shrink_to_fit();
  const Outcome outcome = verdict.outcome();
  auto kept = std::make_shared<const Verdict>(std::move(verdict));
  switch (outcome) {
    case Outcome::kProved:
      return proved_.Put(key, std::move(kept), expires);
    case Outcome::kDisproved:
    case Outcome::kAbsent:
      return refused_.Put(key, std::move(kept), expires);
    case Outcome::kIndeterminate:
      return;  // D-63
  }
}

void VerificationTable::Begin(VerdictKey key, VerdictRequest request, Now now) {
  ++totals_.verifications;
  const std::uint64_t number = next_++;
  const ProofPolicy& policy = *request.policy;
  Verification verification(
      std::move(request.peer), std::move(request.chain),
      {.require = policy.require,
       .trust = policy.trust == nullptr ? &trust_ : policy.trust.get()},
      now);
  const Instant deadline = verification.deadline();
  running_by_key_.emplace(key, number);
  ++running_of_domain_[key.domain];
  deadlines_.emplace(deadline, number);
  const auto run =
      running_.emplace(number, Running{std::move(key),
                                       std::move(request.policy),
                                       std::move(verification),
                                       deadline,
                                       {{request.ticket, request.inbox}}});
  AfterInput(run.first, now);
}

void VerificationTable::Refuse(const VerdictRequest& request, std::string why,
                               Now now) {
  auto verdict = std::make_shared<Verdict>(
      request.peer, Outcome::kIndeterminate, Reason::kBudgetExhausted);
  verdict->remedy = std::move(why) + "; try again in a few seconds";
  verdict->expires = now.monotonic;
  replies_.push_back(
      {request.inbox, {request.ticket, std::move(verdict), false}});
}

void VerificationTable::AfterInput(Runs::iterator run, Now now) {
  auto& [number, running] = *run;
  while (auto question = running.verification.NextQuestion()) {
    questions_.push_back({number, *std::move(question)});
  }
  if (running.verification.verdict()) return End(run, now);
  if (running.verification.deadline() == running.deadline) return;
  deadlines_.erase({running.deadline, number});
  running.deadline = running.verification.deadline();
  deadlines_.emplace(running.deadline, number);
}

void VerificationTable::End(Runs::iterator run, Now now) {
  auto& [number, running] = *run;
  auto verdict =
      std::make_shared<const Verdict>(*running.verification.verdict());
  for (const Waiting& waiting : running.waiting) {
    replies_.push_back({waiting.inbox, {waiting.ticket, verdict, false}});
  }
  Remember(running.key, *verdict, now.monotonic);
  deadlines_.erase({running.deadline, number});
  running_by_key_.erase(running.key);
  const auto of_domain = running_of_domain_.find(running.key.domain);
  if (--of_domain->second == 0) running_of_domain_.erase(of_domain);
  running_.erase(run);
}

}  // namespace danegate
