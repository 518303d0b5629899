#include "verifier/verification/conclusion.h"

#include "verifier/check.h"

namespace danegate {

namespace {

// The first target of each kind; of those that do not match, the nearest.
struct Tally {
  const ExaminedTarget* failed = nullptr;
  const ExaminedTarget* undecided = nullptr;  // too much to compare
  const ExaminedTarget* mismatch = nullptr;
  const ExaminedTarget* unusable = nullptr;
  const ExaminedTarget* without_tlsa = nullptr;
  const ExaminedTarget* unsigned_address = nullptr;
};

void KeepFirst(const ExaminedTarget*& slot, const ExaminedTarget& target) {
  if (slot == nullptr) slot = &target;
}

void CountRecords(const ExaminedTarget& target, Tally& tally) {
  DANEGATE_CHECK(target.match.has_value());
  if (target.match->kind == TlsaMatch::Kind::kUnusable) {
    return KeepFirst(tally.unusable, target);
  }
  if (target.match->reason == Reason::kBudgetExhausted) {
    return KeepFirst(tally.undecided, target);
  }
  const bool is_nearer = tally.mismatch != nullptr &&
                         tally.mismatch->match->reason == Reason::kNoMatch &&
                         target.match->reason != Reason::kNoMatch;
  if (tally.mismatch == nullptr || is_nearer) tally.mismatch = &target;
}

void Count(const ExaminedTarget& target, Tally& tally) {
  switch (target.finding.kind) {
    case TargetFinding::Kind::kFailed:
      return KeepFirst(tally.failed, target);
    case TargetFinding::Kind::kUnsigned:
      return KeepFirst(tally.unsigned_address, target);
    case TargetFinding::Kind::kWithoutTlsa:
      return KeepFirst(tally.without_tlsa, target);
    case TargetFinding::Kind::kTlsa:
      return CountRecords(target, tally);
    case TargetFinding::Kind::kUnreachable:  // nobody can connect to it
    case TargetFinding::Kind::kPending:
      return;
  }
}

// What is not known may hold the record that matches (D-22, D-73).
std::optional<Conclusion> Undecided(const Tally& tally, Omitted omitted) {
  if (tally.failed != nullptr) {
    const Reason reason =
        tally.failed->finding.bogus ? Reason::kDnsBogus : Reason::kDnsFailed;
    return Conclusion{Outcome::kIndeterminate, reason, tally.failed};
  }
  if (tally.undecided != nullptr || omitted.unexamined) {
    return Conclusion{Outcome::kIndeterminate, Reason::kBudgetExhausted,
                      tally.undecided};
  }
  return std::nullopt;
}

// D-72: only where every endpoint is protected does a mismatch say anything
// about the others.
Conclusion Mismatch(const Tally& tally, Omitted omitted) {
  const bool all_protected =
      tally.unusable == nullptr && tally.without_tlsa == nullptr &&
      tally.unsigned_address == nullptr && !omitted.unprotected;
  if (all_protected) {
    return {Outcome::kDisproved, tally.mismatch->match->reason, tally.mismatch};
  }
  return {Outcome::kAbsent, Reason::kMixedDeployment, tally.mismatch};
}

}  // namespace

Conclusion Conclude(std::span<const ExaminedTarget> targets, Omitted omitted) {
  DANEGATE_CHECK(!targets.empty());
  Tally tally;
  for (const ExaminedTarget& target : targets) Count(target, tally);
  if (const auto undecided = Undecided(tally, omitted)) return *undecided;
  if (tally.mismatch != nullptr) return Mismatch(tally, omitted);
  if (tally.unusable != nullptr) {  // D-50
    return {Outcome::kAbsent, Reason::kAllUnusable, tally.unusable};
  }
  if (tally.without_tlsa != nullptr) {
    return {Outcome::kAbsent, Reason::kNoTlsa, tally.without_tlsa};
  }
  if (tally.unsigned_address != nullptr) {
    return {Outcome::kAbsent, Reason::kNoSecureDelegation,
            tally.unsigned_address};
  }
  return {Outcome::kAbsent, Reason::kNoTlsa, &targets.front()};
}

}  // namespace danegate
