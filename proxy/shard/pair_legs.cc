// The backend legs of the pairs, and what waits for time to pass.
#include <algorithm>
#include <vector>

#include "proxy/shard/limits.h"
#include "proxy/shard/pair_services.h"
#include "proxy/shard/shard.h"
#include "verifier/clock.h"

namespace danegate {

void PairServices::OnLegReady(BackendLeg& leg) {
  if (finished_) return;
  stream_.OnBackendReady(leg.pair(), MonotonicNow());
  owner_.OnPairInput();
}

void PairServices::OnLegFeatures(BackendLeg& leg, const std::string& xml) {
  if (finished_) return;
  stream_.OnBackendFeatures(leg.pair(), xml, MonotonicNow());
  if (stream_.established() && !record_.established) {
    const Pair& pair = pairs_.at(leg.pair());
    record_.established = true;
    record_.peer = leg.peer().domain().ascii();
    record_.to = pair.to->ascii();
    record_.tenant = pair.tenant->name;
    record_.backend = leg.backend();
    NoteProof(pair);
    shard_.counters().established.Add();
    shard_.events().OnEstablished(record_);
  }
  owner_.OnPairInput();
}

void PairServices::OnLegFailed(BackendLeg& leg, const BackendFailure& failure) {
  if (finished_) return;
  if (!record_.established) record_.backend = leg.backend();
  TellFailure(leg, failure);
  const PairNumber number = leg.pair();
  DropLeg(pairs_.at(number));
  stream_.OnBackendFailed(number, failure, MonotonicNow());
  owner_.OnPairInput();
}

void PairServices::OnLegClosed(BackendLeg& leg,
                               const std::optional<StreamError>& error) {
  if (finished_) return;
  const PairNumber number = leg.pair();
  DropLeg(pairs_.at(number));
  stream_.OnBackendClosed(number, error, MonotonicNow());
  owner_.OnPairInput();
}

void PairServices::OnLegSkipped(BackendLeg& leg, const std::string& why) {
  shard_.events().OnBackendSkipped(RecordOf(leg), why);
}

void PairServices::TellFailure(const BackendLeg& leg,
                               const BackendFailure& failure) {
  // Of a full quota no backend knows.
  if (failure.kind == BackendFailure::Kind::kOverloaded) return;
  shard_.counters().backend_failed.Add();
  shard_.events().OnBackendFailed(RecordOf(leg), failure.text);
}

StreamRecord PairServices::RecordOf(const BackendLeg& leg) const {
  StreamRecord record = record_;
  const Pair& pair = pairs_.at(leg.pair());
  if (pair.to) record.to = pair.to->ascii();
  if (pair.tenant) record.tenant = pair.tenant->name;
  record.backend = leg.backend();
  return record;
}

void PairServices::OnLegDrained(BackendLeg&) {
  if (!finished_) owner_.OnPairDrained();
}

void PairServices::OnLegProgress() {
  if (!finished_) owner_.OnPairProgress();
}

void PairServices::DropLeg(Pair& pair) {
  if (!pair.leg) return;
  pair.leg->Finish();
  shard_.Bury(std::move(pair.leg));
}

// --- time and flow -----------------------------------------------------------

void PairServices::OnDeadline(Instant now) {
  std::vector<PairNumber> due;
  for (const auto& [number, pair] : pairs_) due.push_back(number);
  for (const PairNumber number : due) {
    const auto at = pairs_.find(number);
    if (finished_ || at == pairs_.end()) continue;
    Pair& pair = at->second;
    if (now >= pair.verify_at) VerifyAgain(number, pair, now);
    if (pair.leg) pair.leg->OnDeadline(now);
    const auto still = pairs_.find(number);
    if (still != pairs_.end() && still->second.dialback) {
      still->second.dialback->OnDeadline(now);
    }
  }
}

Instant PairServices::deadline() const {
  Instant at = Instant::Never();
  for (const auto& [number, pair] : pairs_) {
    at = std::min(at, pair.verify_at);
    if (pair.leg) at = std::min(at, pair.leg->deadline());
    if (pair.dialback) at = std::min(at, pair.dialback->deadline());
  }
  return at;
}

std::size_t PairServices::unsent() const {
  std::size_t sum = 0;
  for (const auto& [number, pair] : pairs_) {
    if (pair.leg) sum += pair.leg->unsent();
  }
  return sum;
}

InflowRate PairServices::inflow() const {
  InflowRate least;
  for (const auto& [number, pair] : pairs_) {
    if (!pair.leg) continue;
    const TenantLimits& limits = pair.tenant->limits;
    const std::size_t rate = limits.bytes_per_second;
    if (rate == 0) continue;
    if (least.octets_per_second == 0 || rate < least.octets_per_second) {
      least = {rate, std::max(kInflowBurst * rate, limits.stanza_bytes)};
    }
  }
  return least;
}

void PairServices::GiveUpStalled(const std::string& why) {
  auto worst = pairs_.end();
  for (auto at = pairs_.begin(); at != pairs_.end(); ++at) {
    if (!at->second.leg) continue;
    if (worst == pairs_.end() ||
        at->second.leg->unsent() > worst->second.leg->unsent()) {
      worst = at;
    }
  }
  if (worst == pairs_.end()) return;
  const PairNumber number = worst->first;
  const BackendFailure failure{BackendFailure::Kind::kUnreachable,
                               worst->second.leg->backend() + ": " + why};
  TellFailure(*worst->second.leg, failure);
  shard_.Bury(std::move(worst->second.leg));
  stream_.OnBackendFailed(number, failure, MonotonicNow());
}

void PairServices::Finish() {
  finished_ = true;
  for (auto& [number, pair] : pairs_) {
    if (pair.leg) pair.leg->Finish();
    DropDialback(pair);
  }
}

std::string PairServices::Network() const {
  const SocketAddress* remote = peer_.link().remote_address();
  return remote == nullptr ? "" : remote->NetworkText();
}

}  // namespace danegate
