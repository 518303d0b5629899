#include "proxy/shard/pair_services.h"

#include <algorithm>
#include <utility>

#include "proxy/shard/shard.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

using Purpose = VerifierQuestion::Purpose;

Instant MonotonicNow() { return ReadNow().monotonic; }

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
  for (auto& [number, pair] : pairs_) DropDialback(pair);
}

// --- the engine's wishes -----------------------------------------------------

void PairServices::CarryOut(const action::LookUp& look_up) {
  Pair& pair = pairs_[look_up.pair];
  pair.tenant = shard_.tenants().Find(look_up.to);
  pair.from = look_up.from;
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
  Pair& pair = pairs_[verify.pair];
  pair.tenant = TenantOf(verify.to);
  pair.from = verify.peer.domain;
  pair.to = verify.to;
  if (verify.pair == kHeaderPair) record_.peer = verify.peer.domain.ascii();
  pair.asked = MonotonicNow();
  auto verdict =
      shard_.Verify({session_, Purpose::kPair, verify.pair}, verify.peer,
                    peer_.tls()->peer_chain(), pair.tenant->policy, Network());
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
  Pair& pair = pairs_[open.pair];
  pair.tenant = TenantOf(open.to);
  pair.from = open.peer.domain();
  pair.to = open.to;
  pair.leg = std::make_unique<BackendLeg>(shard_, *this, open.pair, open.peer,
                                          open.to, pair.tenant, peer_.link());
  auto failure = pair.leg->Start();
  if (!failure) return;
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
  pairs_.erase(at);
}

// The engine has been told that the addressee is a tenant's.
std::shared_ptr<const Tenant> PairServices::TenantOf(const Domain& to) const {
  auto tenant = shard_.tenants().Find(to);
  DANEGATE_CHECK(tenant != nullptr);
  return tenant;
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

void PairServices::OnVerdict(const VerifierQuestion& question,
                             std::shared_ptr<const Verdict> verdict,
                             bool from_cache) {
  const auto at = pairs_.find(question.pair);
  if (finished_ || at == pairs_.end()) return;
  Pair& pair = at->second;
  if (question.purpose == Purpose::kAuthority) {
    if (pair.dialback) pair.dialback->OnVerdict(*verdict);
  } else if (question.purpose == Purpose::kAgain) {
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
  shard_.events().OnVerdict(
      told, verdict, from_cache,
      std::chrono::duration_cast<std::chrono::microseconds>(MonotonicNow() -
                                                            pair.asked));
}

void PairServices::NoteProof(const Pair& pair) {
  record_.outcome = pair.outcome;
  record_.proof_reason = pair.reason;
  record_.proof = pair.proof;
}

// --- evidence that ends (B-25, D-64) -----------------------------------------

void PairServices::Hold(Pair& pair, const Verdict& verdict) {
  if (verdict.outcome() != Outcome::kProved) return;
  pair.holds_until = verdict.expires;
  pair.verify_at = std::max(verdict.expires, MonotonicNow() + kLeastHold);
}

// E5: certificates are judged by the wall clock. Not all streams at once.
void PairServices::OnClockJump(Instant now) {
  for (auto& [number, pair] : pairs_) {
    if (pair.verify_at == Instant::Never()) continue;
    pair.verify_at =
        std::min(pair.verify_at, now + std::chrono::seconds(session_ % 60));
  }
}

// A key says nothing of how long it is good. Looked at again is whether there
// is a stronger proof by now, and whether that speaks against the peer (C7).
void PairServices::HoldByDialback(Pair& pair) {
  pair.by_dialback = true;
  pair.holds_until = pair.verify_at = MonotonicNow() + kGraceTime;
}

void PairServices::VerifyAgain(PairNumber number, Pair& pair, Instant now) {
  if (!stream_.established()) {
    pair.verify_at = now + kLeastHold;
    return;
  }
  pair.verify_at = Instant::Never();
  pair.asked = now;
  auto verdict = shard_.Verify(
      {session_, Purpose::kAgain, number}, ClaimedDomain{*pair.from},
      peer_.tls()->peer_chain(), pair.tenant->policy, Network());
  if (verdict == nullptr) return;
  answers_.push_back([this, number, verdict](Instant) {
    const auto at = pairs_.find(number);
    if (at != pairs_.end()) OnVerifiedAgain(number, at->second, verdict, true);
  });
}

void PairServices::OnVerifiedAgain(PairNumber number, Pair& pair,
                                   std::shared_ptr<const Verdict> verdict,
                                   bool from_cache) {
  const Instant now = MonotonicNow();
  // What goes on as it was is not told every few minutes.
  if (verdict->outcome() != Outcome::kProved) {
    NoteVerdict(number, pair, *verdict, from_cache);
  }
  switch (verdict->outcome()) {
    case Outcome::kProved:
      return Hold(pair, *verdict);
    case Outcome::kIndeterminate:
      if (now < pair.holds_until + kGraceTime) {
        pair.verify_at = now + kRetryTime;
        return;
      }
      break;
    case Outcome::kAbsent:
      // What was proved by dialback is so still: nothing has come since that
      // says more.
      if (verdict->may_dial_back && pair.by_dialback) {
        return HoldByDialback(pair);
      }
      break;
    case Outcome::kDisproved:
      break;
  }
  stream_.OnReverified(std::move(verdict), now);
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
                               TenantOf(session.to())->policy, Network());
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
                                   const DialbackResult& result) {
  const PairNumber number = session.pair();
  Pair& pair = pairs_.at(number);  // a session that was dropped says nothing
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
