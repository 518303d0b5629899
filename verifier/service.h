// VerifierService runs verifications on its own threads.
//
// Each verifier thread has a libuv loop and one libunbound context
// (resolver.h). A domain always goes to the same thread, so that questions
// about it coalesce without locks: one verification per (domain, chain, policy)
// runs at a time, whoever asks joins it. Finished verdicts are kept until they
// expire: proved ones for their lifetime, disproved and absent ones at most 30
// s, indeterminate never (D-62, D-63).
//
// Hand-over: a shard puts requests in and is woken once per batch of replies
// through the VerifierInbox it registered.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "verifier/address_guard.h"
#include "verifier/certificate.h"
#include "verifier/domain.h"
#include "verifier/https_request.h"
#include "verifier/mailbox.h"
#include "verifier/memory_request.h"
#include "verifier/policy.h"
#include "verifier/posh/posh_search.h"
#include "verifier/question.h"
#include "verifier/resolver_settings.h"
#include "verifier/result.h"
#include "verifier/route.h"
#include "verifier/verdict.h"
#include "verifier/verdict_memory.h"

namespace danegate {

class TrustStore;
class VerifierThread;

struct VerifierSettings {
  ResolverSettings resolver;
  HttpsSettings https;                   // the web's roots
  AddressGuardSettings posh_guard = {};  // where POSH may be fetched from
  PoshSettings posh = {};
  // Verdicts that are remembered: 26 octets each (bench/README.md).
  std::size_t memory_entries = 131072;
};

struct VerdictReply {
  std::uint64_t ticket;  // the request's
  // Shared with everybody who joined the same verification and with the cache.
  std::shared_ptr<const Verdict> verdict;
  // Whether it was answered from memory, without a look-up of its own.
  bool from_cache = false;
};

struct RouteReply {
  std::uint64_t ticket;  // the request's
  Route route;
};

struct LookUpReply {
  std::uint64_t ticket;  // the request's
  Answer answer;
};

using VerifierReply = std::variant<VerdictReply, RouteReply, LookUpReply>;

// VerifierInbox is where a shard's replies arrive. `wake` is called on a
// verifier thread, at most once per batch; it must be thread-safe and must not
// block (uv_async_send). Outlives the service.
struct VerifierInbox {
  Mailbox<VerifierReply> replies;
  std::function<void()> wake;
};

struct VerdictRequest {
  std::uint64_t ticket;  // the caller's; comes back with the reply
  ClaimedDomain peer;
  CertificateChain chain;                     // empty: it presented none
  std::shared_ptr<const ProofPolicy> policy;  // never null
  // Where the peer comes from, e.g. "192.0.2.0/24": what one network may have
  // fetched is bounded (E-18).
  std::string network;
  VerifierInbox* inbox;  // where the reply goes
};

// Where are the servers of a domain?
struct RouteRequest {
  std::uint64_t ticket;
  Domain domain;
  std::uint64_t random;  // RouteSearch's
  VerifierInbox* inbox;
};

// What does the DNS say?
struct LookUpRequest {
  std::uint64_t ticket;
  Domain domain;  // whose: questions about one domain go to one thread
  Question question;
  VerifierInbox* inbox;
};

// A verdict that was found in the memory deserves a better place there.
struct PromoteRequest {
  Domain peer;
  VerdictTag tag;
};

using VerifierRequest =
    std::variant<VerdictRequest, RouteRequest, LookUpRequest, PromoteRequest>;

class VerifierService {
 public:
  // Starts `threads` verifier threads; contexts are created one after another
  // before any thread starts (D10). The error says which setting or file
  // libunbound refused. `trust` outlives the service.
  static Result<std::unique_ptr<VerifierService>, std::string> Start(
      const VerifierSettings&, unsigned threads, const TrustStore& trust);
  // Stops the threads; requests still open get no reply.
  ~VerifierService();

  // Hands requests over; one wake per verifier thread concerned. Any thread.
  // Every request gets exactly one reply within Verification::kTimeLimit plus
  // the time it waited for the thread.
  void Submit(std::vector<VerifierRequest> requests);

  // Lists the refusals that are remembered; returns how many replies come, one
  // from each thread. The inbox outlives the service. Any thread.
  std::size_t ListRefusals(std::uint64_t ticket, MemoryInbox* inbox);
  // Everything about the peer is found out anew, as far as the DNS's own
  // lifetimes let it; one reply says how many refusals were remembered. Any
  // thread.
  void Forget(const Domain& peer, std::uint64_t ticket, MemoryInbox* inbox);

  std::size_t thread_count() const { return threads_.size(); }

  // Totals since the start. Any thread.
  struct Counters {
    std::uint64_t requests = 0;       // taken in
    std::uint64_t batches = 0;        // drains that held at least one request
    std::uint64_t cache_hits = 0;     // answered from memory
    std::uint64_t joined = 0;         // answered by a verification under way
    std::uint64_t verifications = 0;  // run
    std::uint64_t questions = 0;      // asked of libunbound
  };
  Counters counters() const;

  // What is remembered of peers that were let in. Whoever finds a verdict there
  // need not ask.
  const VerdictMemory& memory() const { return *memory_; }

 private:
  VerifierService(std::unique_ptr<VerdictMemory> memory,
                  std::vector<std::unique_ptr<VerifierThread>> threads);
  VerifierThread& ThreadOf(const Domain&);

  // Secret, so that no peer can aim its domains at one thread.
  const std::array<std::uint64_t, 2> hash_key_;
  const std::unique_ptr<VerdictMemory> memory_;  // outlives the threads
  const std::vector<std::unique_ptr<VerifierThread>> threads_;
};

}  // namespace danegate
