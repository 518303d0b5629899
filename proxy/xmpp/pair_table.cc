#include "proxy/xmpp/pair_table.h"

#include <algorithm>
#include <utility>

#include "proxy/xmpp/limits.h"

namespace danegate {
namespace {

template <typename Pairs, typename Predicate>
IngressPair* FindIf(Pairs& pairs, Predicate matches) {
  const auto at = std::find_if(pairs.begin(), pairs.end(), matches);
  return at == pairs.end() ? nullptr : &*at;
}

bool IsValid(const IngressPair& pair) {
  return pair.stage == IngressPair::Stage::kValid;
}

}  // namespace

IngressPair* PairTable::Find(PairNumber number) {
  return FindIf(pairs_,
                [&](const auto& pair) { return pair.number == number; });
}

IngressPair* PairTable::Find(PairNumber number, IngressPair::Stage stage) {
  auto* pair = Find(number);
  return pair != nullptr && pair->stage == stage ? pair : nullptr;
}

IngressPair* PairTable::Find(const Domain& from, const Domain& to) {
  return FindIf(pairs_, [&](const auto& pair) {
    return pair.from() == from && pair.to() == to;  // G-63
  });
}

IngressPair& PairTable::Add(IngressPair pair) {
  pairs_.push_back(std::move(pair));
  return pairs_.back();
}

void PairTable::Remove(PairNumber number) {
  std::erase_if(pairs_,
                [&](const auto& pair) { return pair.number == number; });
}

bool PairTable::IsFull() const {
  const auto valid = static_cast<std::size_t>(
      std::count_if(pairs_.begin(), pairs_.end(), IsValid));
  return pairs_.size() >= limits::kPairs ||
         pairs_.size() - valid >= limits::kPendingPairs;
}

bool PairTable::HasValid() const {
  return std::any_of(pairs_.begin(), pairs_.end(), IsValid);
}

Instant PairTable::deadline() const {
  Instant first = Instant::Never();
  for (const auto& pair : pairs_) first = std::min(first, pair.deadline);
  return first;
}

IngressPair* PairTable::FindPending() {
  return FindIf(pairs_, [](const auto& pair) { return !IsValid(pair); });
}

IngressPair* PairTable::FindOverdue(Instant now) {
  return FindIf(pairs_, [&](const auto& pair) { return pair.deadline <= now; });
}

}  // namespace danegate
