#include "verifier/service.h"

#include <openssl/rand.h>
#include <openssl/siphash.h>

#include <unordered_map>

#include "verifier/check.h"
#include "verifier/service/verifier_thread.h"

namespace danegate {

namespace {

std::array<std::uint64_t, 2> RandomKey() {
  std::array<std::uint64_t, 2> key;
  RAND_bytes(reinterpret_cast<std::uint8_t*>(key.data()), sizeof(key));
  return key;
}

const Domain& DomainOf(const VerifierRequest& request) {
  if (const auto* verdict = std::get_if<VerdictRequest>(&request)) {
    return verdict->peer.domain;
  }
  if (const auto* route = std::get_if<RouteRequest>(&request)) {
    return route->domain;
  }
  if (const auto* look_up = std::get_if<LookUpRequest>(&request)) {
    return look_up->domain;
  }
  return std::get<PromoteRequest>(request).peer;
}

}  // namespace

Result<std::unique_ptr<VerifierService>, std::string> VerifierService::Start(
    const VerifierSettings& settings, unsigned threads,
    const TrustStore& trust) {
  if (threads == 0) {
    return Failure(std::string("resolver.threads: expected at least 1, got 0"));
  }
  auto memory = std::make_unique<VerdictMemory>(settings.memory_entries);
  std::vector<std::unique_ptr<VerifierThread>> opened;
  for (unsigned i = 0; i < threads; ++i) {
    auto thread = VerifierThread::Open(settings, trust, *memory);
    if (!thread) return Failure(std::move(thread).error());
    opened.push_back(*std::move(thread));
  }
  // libunbound's set-up is done before the first thread runs (D10).
  for (const auto& thread : opened) thread->Start();
  return std::unique_ptr<VerifierService>(
      new VerifierService(std::move(memory), std::move(opened)));
}

VerifierService::VerifierService(
    std::unique_ptr<VerdictMemory> memory,
    std::vector<std::unique_ptr<VerifierThread>> threads)
    : hash_key_(RandomKey()),
      memory_(std::move(memory)),
      threads_(std::move(threads)) {}

VerifierService::~VerifierService() = default;

void VerifierService::Submit(std::vector<VerifierRequest> requests) {
  std::unordered_map<VerifierThread*, std::vector<VerifierRequest>> batches;
  for (VerifierRequest& request : requests) {
    batches[&ThreadOf(DomainOf(request))].push_back(std::move(request));
  }
  for (auto& [thread, batch] : batches) thread->Submit(std::move(batch));
}

std::size_t VerifierService::ListRefusals(std::uint64_t ticket,
                                          MemoryInbox* inbox) {
  for (const auto& thread : threads_) {
    thread->Submit(MemoryRequest{ticket, std::nullopt, inbox});
  }
  return threads_.size();
}

void VerifierService::Forget(const Domain& peer, std::uint64_t ticket,
                             MemoryInbox* inbox) {
  memory_->Forget(peer);
  ThreadOf(peer).Submit(MemoryRequest{ticket, peer, inbox});
}

VerifierThread& VerifierService::ThreadOf(const Domain& domain) {
  const std::string& name = domain.ascii();
  const std::uint64_t hash = SIPHASH_24(
      hash_key_.data(), reinterpret_cast<const std::uint8_t*>(name.data()),
      name.size());
  return *threads_[hash % threads_.size()];
}

VerifierService::Counters VerifierService::counters() const {
  Counters sum;
  for (const auto& thread : threads_) {
    const Counters counters = thread->counters();
    sum.requests += counters.requests;
    sum.batches += counters.batches;
    sum.cache_hits += counters.cache_hits;
    sum.joined += counters.joined;
    sum.verifications += counters.verifications;
    sum.questions += counters.questions;
  }
  return sum;
}

}  // namespace danegate
