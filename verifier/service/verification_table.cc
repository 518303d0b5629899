#include "verifier/service/verification_table.h"

#include <algorithm>
#include <string>

namespace danegate {

namespace {

// A peer that presented nothing is judged, too.
Sha256 DigestOf(const CertificateChain& chain) {
  return chain.empty() ? Sha256{} : chain.ChainDigest();
}

}  // namespace

VerificationTable::VerificationTable(const Surroundings& around)
    : around_(around) {}

void VerificationTable::OnRequest(VerifierRequest request, Now now) {
  ++totals_.requests;
  if (auto* verdict = std::get_if<VerdictRequest>(&request)) {
    return OnVerdictRequest(std::move(*verdict), now);
  }
  if (const auto* promote = std::get_if<PromoteRequest>(&request)) {
    return around_.memory.Promote(promote->tag, now.monotonic);
  }
  if (auto* route = std::get_if<RouteRequest>(&request)) {
    return OnRouteRequest(std::move(*route), now);
  }
  OnLookUpRequest(std::get<LookUpRequest>(std::move(request)), now);
}

// For the operator's own names, so a few.
void VerificationTable::OnLookUpRequest(LookUpRequest request, Now now) {
  Run(LookUpRun{SingleLookUp(std::move(request.question))},
      {request.ticket, request.inbox}, now);
}

void VerificationTable::OnRouteRequest(RouteRequest request, Now now) {
  if (running_.size() >= kMaxRunning) {
    Route none;
    none.failure = "too many look-ups are under way; try again later";
    none.temporary = true;
    replies_.push_back({request.inbox, RouteReply{request.ticket, none}});
    return;
  }
  Run(RouteRun{{std::move(request.domain), request.random, now}},
      {request.ticket, request.inbox}, now);
}

void VerificationTable::OnVerdictRequest(VerdictRequest request, Now now) {
  VerdictKey key{DigestOf(request.chain), request.peer.domain,
                 request.policy->Digest()};
  if (auto verdict = Recall(key, request, now.monotonic)) {
    ++totals_.cache_hits;
    replies_.push_back(
        {request.inbox, VerdictReply{request.ticket, std::move(verdict),
                                     /*from_cache=*/true}});
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

void VerificationTable::OnAnswer(std::uint64_t number, const Answer& answer,
                                 Now now) {
  const auto run = running_.find(number);
  if (run == running_.end()) return;
  std::visit([&](auto& work) { work.search.OnAnswer(answer, now); },
             run->second.work);
  AfterInput(run, now);
}

void VerificationTable::OnReply(std::uint64_t number, const HttpsReply& reply,
                                Now now) {
  const auto run = running_.find(number);
  if (run == running_.end()) return;
  auto& verification = std::get<VerificationRun>(run->second.work);
  missing_.Put(verification.url, reply, now.monotonic);
  verification.search.OnReply(reply, now);
  AfterInput(run, now);
}

void VerificationTable::OnDeadline(Now now) {
  while (deadline() <= now.monotonic) {
    const auto run = running_.find(deadlines_.begin()->second);
    std::visit(
        [now](auto& work) {
          work.search.OnDeadline(now);
          DANEGATE_CHECK(work.is_over() ||
                         work.search.deadline() > now.monotonic);
        },
        run->second.work);
    AfterInput(run, now);
  }
}

MemoryReply VerificationTable::OnMemoryRequest(const MemoryRequest& request,
                                               Now now) {
  MemoryReply reply{request.ticket, {}};
  if (request.forget) {
    reply.forgotten = refused_.Forget(*request.forget);
    missing_.Clear();  // what it leads to is on hosts of any name
    for (auto& [number, running] : running_) {
      auto* run = std::get_if<VerificationRun>(&running.work);
      if (run == nullptr || run->key.domain != *request.forget) continue;
      run->is_to_forget = true;
      running_by_key_.erase(run->key);  // whoever asks now begins anew
    }
    return reply;
  }
  for (const auto& [verdict, until, policy] : refused_.List(now.monotonic)) {
    reply.refusals.push_back(
        {verdict->claimed(), policy, verdict->outcome(), verdict->reason(),
         verdict->remedy,
         std::chrono::ceil<std::chrono::seconds>(until - now.monotonic)});
  }
  return reply;
}

std::optional<VerificationTable::Asked> VerificationTable::NextQuestion() {
  while (!questions_.empty()) {
    Asked asked = std::move(questions_.front());
    questions_.pop_front();
    if (running_.contains(asked.verification)) return asked;
  }
  return std::nullopt;
}

std::optional<VerificationTable::Fetched> VerificationTable::NextRequest() {
  if (requests_.empty()) return std::nullopt;
  Fetched fetched = std::move(requests_.front());
  requests_.pop_front();
  return fetched;
}

std::optional<VerificationTable::InboxReply> VerificationTable::NextReply() {
  if (replies_.empty()) return std::nullopt;
  InboxReply reply = std::move(replies_.front());
  replies_.pop_front();
  return reply;
}

Instant VerificationTable::deadline() const {
  return deadlines_.empty() ? Instant::Never() : deadlines_.begin()->first;
}

std::shared_ptr<const Verdict> VerificationTable::Recall(
    const VerdictKey& key, const VerdictRequest& request, Instant now) {
  if (auto found = around_.memory.Find(request.peer, request.chain,
                                       *request.policy, now)) {
    return std::move(found->verdict);
  }
  return refused_.Find(key, now);
}

// Refusals without their steps, which a peer can make long: they have been told
// once. D-63: what could not be found out is not remembered.
void VerificationTable::Remember(const VerificationRun& run, Verdict verdict,
                                 Instant now) {
  if (verdict.expires <= now || run.is_to_forget) return;
  switch (verdict.outcome()) {
    case Outcome::kProved:
      return around_.memory.Put(verdict, run.chain, *run.policy, run.begun,
                                now);
    case Outcome::kIndeterminate:
      return;
    case Outcome::kDisproved:
    case Outcome::kAbsent:
      break;
  }
  const Instant expires = verdict.expires;
  verdict.evidence.steps.clear();
  verdict.evidence.steps.shrink_to_fit();
  verdict.evidence.fetches.clear();
  verdict.evidence.fetches.shrink_to_fit();
  refused_.Put(run.key, std::make_shared<const Verdict>(std::move(verdict)),
               expires);
}

void VerificationTable::Begin(VerdictKey key, VerdictRequest request, Now now) {
  ++totals_.verifications;
  const ProofPolicy& policy = *request.policy;
  const VerdictMemory::Stamp begun = around_.memory.Begin(key.domain);
  const CertificateChain chain = request.chain;
  Verification verification(
      std::move(request.peer), std::move(request.chain),
      {.require = policy.require,
       .trust = policy.trust == nullptr ? &around_.trust : policy.trust.get(),
       .posh_guard = policy.posh ? &around_.posh_guard : nullptr,
       .posh = around_.posh},
      now);
  running_by_key_.emplace(key, next_);
  ++running_of_domain_[key.domain];
  Run(VerificationRun{std::move(key), std::move(request.policy), chain, begun,
                      std::move(request.network), false, /*url=*/"",
                      std::move(verification)},
      {request.ticket, request.inbox}, now);
}

template <typename Work>
void VerificationTable::Run(Work work, Waiting waiting, Now now) {
  const std::uint64_t number = next_++;
  const Instant deadline = work.search.deadline();
  deadlines_.emplace(deadline, number);
  const auto run =
      running_.emplace(number, Running{std::move(work), deadline, {waiting}});
  AfterInput(run.first, now);
}

void VerificationTable::Refuse(const VerdictRequest& request, std::string why,
                               Now now) {
  auto verdict = std::make_shared<Verdict>(
      request.peer, Outcome::kIndeterminate, Reason::kBudgetExhausted);
  verdict->remedy = std::move(why) + "; try again in a few seconds";
  verdict->expires = now.monotonic;
  replies_.push_back(
      {request.inbox, VerdictReply{request.ticket, std::move(verdict), false}});
}

void VerificationTable::AfterInput(Runs::iterator run, Now now) {
  auto& [number, running] = *run;
  if (auto* verification = std::get_if<VerificationRun>(&running.work)) {
    Fetch(number, *verification, now);
  }
  const bool over = std::visit(
      [this, number = number](auto& work) {
        while (auto question = work.search.NextQuestion()) {
          questions_.push_back({number, *std::move(question)});
        }
        return work.is_over();
      },
      running.work);
  if (over) return End(run, now);
  const Instant deadline = std::visit(
      [](auto& work) { return work.search.deadline(); }, running.work);
  if (deadline == running.deadline) return;
  deadlines_.erase({running.deadline, number});
  running.deadline = deadline;
  deadlines_.emplace(deadline, number);
}

void VerificationTable::Fetch(std::uint64_t number, VerificationRun& run,
                              Now now) {
  auto request = run.search.NextRequest();
  if (!request) return;
  run.url = HttpsUrl{request->host, request->port, request->path}.ToText();
  if (const auto missing = missing_.Find(run.url, now.monotonic)) {
    return run.search.OnReply(*missing, now);
  }
  if (!run.has_fetched) {
    run.has_fetched =
        posh_of_domain_.Take(run.key.domain.ascii(), now.monotonic) &&
        posh_of_network_.Take(run.network, now.monotonic);
  }
  if (run.has_fetched) {
    requests_.push_back({number, *std::move(request)});
    return;
  }
  HttpsReply none;
  none.failure = "too many documents were fetched of late; try again later";
  run.search.OnReply(none, now);
}

void VerificationTable::End(Runs::iterator run, Now now) {
  Running& running = run->second;
  deadlines_.erase({running.deadline, run->first});
  std::visit([&](auto& work) { Reply(running, work, now); }, running.work);
  running_.erase(run);
}

void VerificationTable::Reply(const Running& running, VerificationRun& work,
                              Now now) {
  auto verdict = std::make_shared<const Verdict>(*work.search.verdict());
  for (const Waiting& waiting : running.waiting) {
    replies_.push_back(
        {waiting.inbox, VerdictReply{waiting.ticket, verdict, false}});
  }
  Remember(work, *verdict, now.monotonic);
  if (!work.is_to_forget) running_by_key_.erase(work.key);
  const auto of_domain = running_of_domain_.find(work.key.domain);
  if (--of_domain->second == 0) running_of_domain_.erase(of_domain);
}

void VerificationTable::Reply(const Running& running, RouteRun& work, Now) {
  for (const Waiting& waiting : running.waiting) {
    replies_.push_back(
        {waiting.inbox, RouteReply{waiting.ticket, *work.search.route()}});
  }
}

void VerificationTable::Reply(const Running& running, LookUpRun& work, Now) {
  for (const Waiting& waiting : running.waiting) {
    replies_.push_back(
        {waiting.inbox, LookUpReply{waiting.ticket, *work.search.answer()}});
  }
}

}  // namespace danegate
