// What the tests of the shared verdict cache have in common.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <random>
#include <string_view>

#include "verifier/shared_verdict_cache.h"

namespace danegate {

inline constexpr Instant kNow{std::chrono::seconds(100)};
inline constexpr Instant kLater{std::chrono::seconds(200)};
inline constexpr KeptVerdict kProven{.outcome = Outcome::kProved,
                                     .reason = Reason::kMatched,
                                     .prooftype = Prooftype::kDaneTa};

using VerdictSecret = std::array<std::uint8_t, VerdictTagger::kSecretOctets>;

inline VerdictSecret SecretFrom(std::uint32_t seed) {
  std::mt19937 random(seed);
  VerdictSecret secret;
  for (auto& octet : secret) octet = static_cast<std::uint8_t>(random());
  return secret;
}

// The key of an inbound peer that presents the chain with that number.
inline VerdictCacheKey KeyFor(std::string_view peer, std::uint64_t chain = 1) {
  VerdictCacheKey key{.policy = 7, .peer = peer, .trust_epoch = 3};
  std::memcpy(key.leaf.data(), &chain, sizeof(chain));
  std::memcpy(key.chain.data(), &chain, sizeof(chain));
  return key;
}

// What a verifier thread does with a verdict that it has just come to.
inline bool Keep(SharedVerdictCache& cache, const VerdictCacheKey& key,
                 const KeptVerdict& verdict = kProven, Instant expires = kLater,
                 Instant now = kNow) {
  return cache.Put(key, cache.StampOf(key.peer), verdict, expires, now);
}

// What a shard does when a peer comes: look it up, and tell if it was of use.
inline bool IsHit(SharedVerdictCache& cache, const VerdictCacheKey& key,
                  Instant now = kNow) {
  const auto hit = cache.Find(key, now);
  if (hit && hit->is_to_promote) cache.Promote(hit->tag, now);
  return hit.has_value();
}

}  // namespace danegate
