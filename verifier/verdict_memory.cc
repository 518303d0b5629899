#include "verifier/verdict_memory.h"

#include <openssl/rand.h>

#include <array>

#include "verifier/check.h"

namespace danegate {
namespace {

std::unique_ptr<SharedVerdictCache> MakeCache(std::size_t entries) {
  std::array<std::uint8_t, SharedVerdictCache::kSecretOctets> secret;
  RAND_bytes(secret.data(), secret.size());
  return std::make_unique<SharedVerdictCache>(entries, secret);
}

// REQUIRES: the chain is not empty.
VerdictCacheKey KeyOf(const Domain& peer, const CertificateChain& chain,
                      const ProofPolicy& policy) {
  return {.policy = policy.Digest(),
          .direction = Direction::kInbound,
          .peer = peer.ascii(),
          .target = {},
          .port = 0,
          .leaf = chain.LeafDigest(),
          .chain = chain.ChainDigest()};
}

}  // namespace

VerdictMemory::VerdictMemory(std::size_t entries)
    : cache_(MakeCache(entries)) {}

std::optional<VerdictMemory::Found> VerdictMemory::Find(
    const ClaimedDomain& peer, const CertificateChain& chain,
    const ProofPolicy& policy, Instant now) const {
  if (chain.empty()) return std::nullopt;
  const auto hit = cache_->Find(KeyOf(peer.domain, chain, policy), now);
  if (!hit) return std::nullopt;
  auto verdict = std::make_shared<Verdict>(peer, hit->verdict.outcome,
                                           hit->verdict.reason);
  verdict->prooftype = hit->verdict.prooftype;
  verdict->may_dial_back = policy.require == ProofRequirement::kAny;
  verdict->expires = hit->expires;
  Found found{std::move(verdict), std::nullopt};
  if (hit->is_to_promote) found.to_promote = hit->tag;
  return found;
}

VerdictMemory::Stamp VerdictMemory::Begin(const Domain& peer) const {
  return cache_->StampOf(peer.ascii());
}

void VerdictMemory::Put(const Verdict& verdict, const CertificateChain& chain,
                        const ProofPolicy& policy, Stamp begun, Instant now) {
  DANEGATE_CHECK(verdict.outcome() == Outcome::kProved);
  cache_->Put(KeyOf(verdict.claimed(), chain, policy), begun,
              {verdict.outcome(), verdict.reason(), verdict.prooftype},
              verdict.expires, now);
}

void VerdictMemory::Promote(const VerdictTag& tag, Instant now) {
  cache_->Promote(tag, now);
}

void VerdictMemory::BumpEpoch() { cache_->BumpEpoch(); }

void VerdictMemory::Forget(const Domain& peer) { cache_->Forget(peer.ascii()); }

}  // namespace danegate
