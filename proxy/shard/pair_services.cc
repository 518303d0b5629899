#include "proxy/shard/pair_services.h"

#include <algorithm>
#include <utility>

#include "proxy/shard/shard.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

using Purpose = VerifierQuestion::Purpose;

}  // namespace

PairServices::PairServices(Shard& shard, std::uint64_t session,
                           IngressStream& stream, StreamRecord& record,
                           const SecureLink& peer, PairServicesOwner& owner)
    : shard_(shard),
      session_(session),
      stream_(stream),
      record_(record),
      peer_(peer),
      owner_(owner) {}

PairServices::~PairServices() {
  for (auto& [number, pair] : pairs_) {
    DropDialback(pair);
    SetEnds(pair, nullptr, std::nullopt);
  }
}

// --- the engine's wishes -----------------------------------------------------

void PairServices::CarryOut(const action::LookUp& look_up) {
  Pair& pair = pairs_[look_up.pair];
  SetEnds(pair, shard_.tenants().Find(look_up.to), look_up.from);
  pair.to = look_up.to;
  Addressee addressee;
  addressee.from_is_hosted =
      look_up.from && shard_.tenants().IsHosted(*look_up.from);
  if (pair.tenant) {
    addressee.kind = Addressee::Kind::kTenant;
    addressee.tenant = pair.tenant->name;
    addressee.stanza_bytes = pair.tenant->limits.stanza_bytes;
    addressee.allows_dialback =
        pair.tenant->policy->require == ProofRequirement::kAny;
  }
  if (look_up.pair == kHeaderPair) {
    record_.to = look_up.to.ascii();
    if (look_up.from) record_.peer = look_up.from->ascii();
    if (pair.tenant) record_.tenant = pair.tenant->name;
  }
  answers_.push_back([this, number = look_up.pair, addressee](Instant now) {
    stream_.OnAddressee(number, addressee, now);
  });
}

void PairServices::CarryOut(const action::Verify& verify) {
  Pair& pair = pairs_.at(verify.pair);
  SetEnds(pair, pair.tenant, verify.peer.domain);
  pair.to = verify.to;
  if (verify.pair == kHeaderPair) record_.peer = verify.peer.domain.ascii();
  auto verdict = Ask(verify.pair, pair, Purpose::kPair);
  if (verdict == nullptr) return;
  answers_.push_back([this, number = verify.pair, verdict](Instant) {
    const auto at = pairs_.find(number);
    if (at != pairs_.end()) OnPairVerdict(number, at->second, verdict, true);
  });
}

void PairServices::CarryOut(const action::DialBack& dial) {
  Pair& pair = pairs_[dial.pair];
  const std::string full = shard_.dial_quota().Acquire(
      dial.from.domain, dial.to, Network(), MonotonicNow());
  if (!full.empty()) {
    answers_.push_back([this, number = dial.pair, full](Instant now) {
      stream_.OnDialback(number,
                         {DialbackResult::Kind::kError,
                          nullptr,
                          {DialbackCondition::kResourceConstraint, full}},
                         now);
    });
    return;
  }
  pair.dialback = std::make_unique<DialbackSession>(shard_, *this, dial);
  pair.dialback->Start();
}

void PairServices::CarryOut(const action::CheckKey& check) {
  KeyAnswer answer = KeyAnswer::kNotHosted;
  if (shard_.tenants().IsHosted(check.to)) {
    // Without a secret there is no key of ours.
    const DialbackKeys* keys = shard_.settings().keys.get();
    const bool valid =
        keys != nullptr &&
        keys->IsValid(check.from.domain, check.to, check.id, check.key);
    answer = valid ? KeyAnswer::kValid : KeyAnswer::kInvalid;
  }
  answers_.push_back([this, ticket = check.ticket, answer](Instant now) {
    stream_.OnKeyChecked(ticket, answer, now);
  });
}

void PairServices::CarryOut(const action::OpenBackend& open) {
  Pair& pair = pairs_.at(open.pair);
  SetEnds(pair, pair.tenant, open.peer.domain());
  pair.to = open.to;
  pair.leg = std::make_unique<BackendLeg>(shard_, *this, open.pair, open.peer,
                                          open.to, pair.tenant, peer_.link());
  auto failure = pair.leg->Start();
  if (!failure) return;
  TellFailure(*pair.leg, *failure);
  answers_.push_back([this, number = open.pair, failure](Instant now) {
    stream_.OnBackendFailed(number, *failure, now);
  });
}

void PairServices::CarryOut(const action::RestartBackend& restart) {
  if (auto* leg = LegOf(restart.pair)) leg->Restart(restart.declarations);
}

void PairServices::CarryOut(const action::Relay& relay) {
  auto* leg = LegOf(relay.pair);
  if (leg == nullptr) return;
  record_.stanzas += relay.stanzas;
  shard_.counters().stanzas.Add(relay.stanzas);
  leg->Relay(relay.bytes);
}

void PairServices::CarryOut(const action::DropPair& drop) {
  const auto at = pairs_.find(drop.pair);
  if (at == pairs_.end()) return;
  DropDialback(at->second);
  DropLeg(at->second);
  SetEnds(at->second, nullptr, std::nullopt);
  pairs_.erase(at);
}

void PairServices::SetEnds(Pair& pair, std::shared_ptr<const Tenant> tenant,
                           const std::optional<Domain>& from) {
  if (tenant) shard_.streams_of_tenants().Add(tenant->name, session_);
  if (from) shard_.streams_of_peers().Add(from->ascii(), session_);
  if (pair.tenant) {
    shard_.streams_of_tenants().Remove(pair.tenant->name, session_);
  }
  if (pair.from) shard_.streams_of_peers().Remove(pair.from->ascii(), session_);
  pair.tenant = std::move(tenant);
  pair.from = from;
}

BackendLeg* PairServices::LegOf(PairNumber number) {
  const auto at = pairs_.find(number);
  return at == pairs_.end() ? nullptr : at->second.leg.get();
}

bool PairServices::GiveAnswer() {
  if (answers_.empty()) return false;
  const auto answer = std::move(answers_.front());
  answers_.pop_front();
  answer(MonotonicNow());
  return true;
}

// --- the verifier ------------------------------------------------------------

std::shared_ptr<const Verdict> PairServices::Ask(PairNumber number, Pair& pair,
                                                 Purpose purpose) {
  pair.asked = MonotonicNow();
  pair.judged_by = pair.tenant->policy;
  return shard_.Verify({session_, purpose, number}, ClaimedDomain{*pair.from},
                       peer_.tls()->peer_chain(), pair.judged_by, Network());
}

void PairServices::OnVerdict(const VerifierQuestion& question,
                             std::shared_ptr<const Verdict> verdict,
                             bool from_cache) {
  const auto at = pairs_.find(question.pair);
  if (finished_ || at == pairs_.end()) return;
  Pair& pair = at->second;
  if (question.purpose == Purpose::kAuthority) {
    if (pair.dialback) pair.dialback->OnVerdict(*verdict);
    return owner_.OnPairInput();
  }
  // The tenant has changed meanwhile.
  if (pair.judged_by != pair.tenant->policy) {
    verdict = Ask(question.pair, pair, question.purpose);
    if (verdict == nullptr) return;
    from_cache = true;
  }
  if (question.purpose == Purpose::kAgain) {
    OnVerifiedAgain(question.pair, pair, std::move(verdict), from_cache);
  } else {
    OnPairVerdict(question.pair, pair, std::move(verdict), from_cache);
  }
  owner_.OnPairInput();
}

void PairServices::OnPairVerdict(PairNumber number, Pair& pair,
                                 std::shared_ptr<const Verdict> verdict,
                                 bool from_cache) {
  NoteVerdict(number, pair, *verdict, from_cache);
  Hold(pair, *verdict);
  stream_.OnVerdict(number, std::move(verdict), MonotonicNow());
}

// The stream's own line tells of the header's pair, until another establishes
// the stream.
void PairServices::NoteVerdict(PairNumber number, Pair& pair,
                               const Verdict& verdict, bool from_cache) {
  pair.outcome = verdict.outcome();
  pair.reason = ToString(verdict.reason());
  pair.proof = verdict.outcome() == Outcome::kProved
                   ? ToString(verdict.prooftype)
                   : std::string_view();
  if (number == kHeaderPair && !record_.established) NoteProof(pair);
  StreamRecord told = record_;
  told.peer = verdict.claimed().ascii();
  if (pair.to) told.to = pair.to->ascii();
  if (pair.tenant) told.tenant = pair.tenant->name;
  told.proof = pair.proof;
  // What the shard says by itself, at once, nobody remembered.
  const bool was_remembered = from_cache && verdict.expires != Instant{};
  shard_.events().OnVerdict(
      told, verdict, was_remembered,
      std::chrono::duration_cast<std::chrono::microseconds>(MonotonicNow() -
                                                            pair.asked));
}

void PairServices::NoteProof(const Pair& pair) {
  record_.outcome = pair.outcome;
  record_.proof_reason = pair.reason;
  record_.proof = pair.proof;
}

// --- dialback ----------------------------------------------------------------

void PairServices::FindRoute(DialbackSession& session, const Domain& domain) {
  shard_.FindRoute({session_, Purpose::kRoute, session.pair()}, domain);
}

void PairServices::OnRoute(const VerifierQuestion& question,
                           const Route& route) {
  const auto at = pairs_.find(question.pair);
  if (finished_ || at == pairs_.end() || !at->second.dialback) return;
  at->second.dialback->OnRoute(route);
  owner_.OnPairInput();
}

void PairServices::JudgeAuthority(DialbackSession& session,
                                  ClaimedDomain domain,
                                  CertificateChain chain) {
  const PairNumber number = session.pair();
  auto verdict = shard_.Verify({session_, Purpose::kAuthority, number},
                               std::move(domain), std::move(chain),
                               pairs_.at(number).tenant->policy, Network());
  if (verdict == nullptr) return;
  answers_.push_back([this, number, verdict](Instant) {
    const auto at = pairs_.find(number);
    if (at != pairs_.end() && at->second.dialback) {
      at->second.dialback->OnVerdict(*verdict);
    }
  });
  owner_.OnPairInput();
}

void PairServices::OnDialbackEnded(DialbackSession& session,
                                   const DialbackResult& came) {
  const PairNumber number = session.pair();
  Pair& pair = pairs_.at(number);  // a session that was dropped says nothing
  DialbackResult result = came;
  if (pair.judged_by != pair.tenant->policy) {
    result = {
        DialbackResult::Kind::kError,
        nullptr,
        {DialbackCondition::kNotAuthorized,
         "what " + pair.to->ascii() + " asks for has changed; try again"}};
  }
  if (result.verdict) {
    NoteVerdict(number, pair, *result.verdict, false);
    HoldByDialback(pair);
  }
  DropDialback(pair);
  answers_.push_back([this, number, result](Instant now) {
    stream_.OnDialback(number, result, now);
  });
  owner_.OnPairInput();
}

void PairServices::OnDialbackProgress() { owner_.OnPairProgress(); }

void PairServices::DropDialback(Pair& pair) {
  if (!pair.dialback) return;
  pair.dialback->Finish();
  shard_.dial_quota().Release(pair.dialback->from(), pair.dialback->to());
  shard_.Bury(std::move(pair.dialback));
}

}  // namespace danegate
