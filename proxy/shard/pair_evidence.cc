// What was found out about the pairs does not hold for ever: evidence ends, and
// tenants change.
#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "proxy/shard/pair_services.h"
#include "proxy/shard/shard.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

using Purpose = VerifierQuestion::Purpose;

// While a stream is not up, it is not worth looking at its evidence more often.
constexpr std::chrono::seconds kUntilItIsUp{1};

// In all that a connection is made by, but for the secret: a stream that was
// handed off by the one before is the same, and rolling it over cuts none.
bool HasBackend(const Tenant& tenant, const Backend& backend) {
  return std::any_of(tenant.backends.begin(), tenant.backends.end(),
                     [&backend](const Backend& its) {
                       return its.ToString() == backend.ToString() &&
                              its.hand_off == backend.hand_off &&
                              its.tls == backend.tls &&
                              its.proxy_protocol == backend.proxy_protocol &&
                              its.trust == backend.trust;
                     });
}

}  // namespace

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
    pair.verify_at = now + kUntilItIsUp;
    return;
  }
  pair.verify_at = Instant::Never();
  auto verdict = Ask(number, pair, Purpose::kAgain);
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

// --- tenants that change -----------------------------------------------------

// What the new policy thinks of the peer is found out at once; a backend that
// is not the tenant's any more is left in good order.
void PairServices::OnTenantChanged(const std::string& name, Instant now) {
  std::vector<PairNumber> gone;
  bool has_moved = false;
  for (auto& [number, pair] : pairs_) {
    if (!pair.tenant || pair.tenant->name != name) continue;
    auto tenant = shard_.tenants().Find(*pair.to);
    if (!tenant || tenant->name != name) {
      gone.push_back(number);
      continue;
    }
    pair.tenant = std::move(tenant);  // of the same name
    if (pair.verify_at != Instant::Never()) pair.verify_at = now;
    has_moved = has_moved || (pair.leg && pair.leg->tried() &&
                              !HasBackend(*pair.tenant, *pair.leg->tried()));
  }
  for (const PairNumber number : gone) stream_.OnHostGone(number, now);
  if (has_moved) stream_.OnReset("the tenant has moved to another server", now);
}

void PairServices::OnPeerHosted(const Domain& domain, Instant now) {
  const bool concerns = std::any_of(
      pairs_.begin(), pairs_.end(),
      [&domain](const auto& at) { return at.second.from == domain; });
  if (concerns) {
    stream_.OnReset(domain.ascii() + " is served here itself now", now);
  }
}

}  // namespace danegate
