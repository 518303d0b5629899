// VerificationTable runs the verifications of one verifier thread, sans-IO: it
// decides what is answered from memory, what joins a verification under way and
// what is verified anew, and who gets which verdict. It runs the searches for
// routes, too, which are neither joined nor remembered: their questions are, by
// the resolver.
//
// Contract: after each On…(), drain NextQuestion() and NextReply(). An answer
// for a verification that is over is ignored: its number is never used again.
// Pure; one owner; `now` does not go back.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "verifier/instant.h"
#include "verifier/memory_request.h"
#include "verifier/question.h"
#include "verifier/rate_limiter.h"
#include "verifier/service.h"
#include "verifier/service/missing_documents.h"
#include "verifier/service/single_look_up.h"
#include "verifier/service/verdict_cache.h"
#include "verifier/verification.h"

namespace danegate {

class VerificationTable {
 public:
  // Under way at a time: at 48 questions each far more than the resolver takes
  // (Resolver::kMaxQuestions), at the usual four or five about as many. Beyond
  // it a request is answered indeterminate at once (L-06).
  static constexpr std::size_t kMaxRunning = 1024;
  // Of these about one domain, with different chains: a peer can pad its chain
  // at will, and a domain whose servers are slow would take all places.
  static constexpr std::size_t kMaxRunningOfDomain = 8;
  // Verifications that may fetch POSH documents (E-18): so many at once, then
  // one each interval. Of one claimed domain, so that nobody is made to hammer
  // it; of peers of one network, so that none can hold all that may be under
  // way (HttpsFetch::kMaxFetches).
  static constexpr unsigned kPoshOfDomain = 16;
  static constexpr std::chrono::seconds kPoshOfDomainInterval{4};
  static constexpr unsigned kPoshOfNetwork = 48;
  static constexpr std::chrono::seconds kPoshOfNetworkInterval{1};
  // Of this thread, with what to tell the peer; about 2 KB each. Who was let in
  // is in the memory that all threads share, so that no flood of refusals
  // pushes it out.
  static constexpr std::size_t kMaxRefused = 4096;

  // What it works with; outlives the table.
  struct Surroundings {
    const TrustStore& trust;
    const AddressGuard& posh_guard;
    PoshSettings posh;
    VerdictMemory& memory;
  };
  explicit VerificationTable(const Surroundings&);

  void OnRequest(VerifierRequest, Now);
  void OnAnswer(std::uint64_t verification, const Answer&, Now);
  void OnReply(std::uint64_t verification, const HttpsReply&, Now);
  void OnDeadline(Now);
  // Answered at once. What is under way about a peer that is to be forgotten
  // goes on, and is not remembered.
  MemoryReply OnMemoryRequest(const MemoryRequest&, Now);

  struct Asked {
    std::uint64_t verification;  // comes back with the answer
    Question question;
  };
  std::optional<Asked> NextQuestion();

  struct Fetched {
    std::uint64_t verification;  // comes back with the reply
    HttpsRequest request;
  };
  std::optional<Fetched> NextRequest();

  struct InboxReply {
    VerifierInbox* inbox;
    VerifierReply reply;
  };
  std::optional<InboxReply> NextReply();

  // When OnDeadline() must be called at the latest.
  Instant deadline() const;

  struct Totals {
    std::uint64_t requests = 0;
    std::uint64_t cache_hits = 0;
    std::uint64_t joined = 0;
    std::uint64_t verifications = 0;
  };
  const Totals& totals() const { return totals_; }

 private:
  struct Waiting {
    std::uint64_t ticket;
    VerifierInbox* inbox;
  };
  struct VerificationRun {
    VerdictKey key;
    std::shared_ptr<const ProofPolicy> policy;  // keeps its roots
    CertificateChain chain;
    VerdictMemory::Stamp begun;
    std::string network;
    bool has_fetched = false;
    std::string url;  // of the document that is being fetched
    Verification search;
    bool is_to_forget = false;

    bool is_over() const { return search.verdict().has_value(); }
  };
  struct RouteRun {
    RouteSearch search;

    bool is_over() const { return search.route().has_value(); }
  };
  struct LookUpRun {
    SingleLookUp search;

    bool is_over() const { return search.answer().has_value(); }
  };
  struct Running {
    std::variant<VerificationRun, RouteRun, LookUpRun> work;
    Instant deadline;
    std::vector<Waiting> waiting;
  };
  using Runs = std::map<std::uint64_t, Running>;

  std::shared_ptr<const Verdict> Recall(const VerdictKey&,
                                        const VerdictRequest&, Instant now);
  void Remember(const VerificationRun&, Verdict, Instant now);
  void OnVerdictRequest(VerdictRequest, Now);
  void OnRouteRequest(RouteRequest, Now);
  void OnLookUpRequest(LookUpRequest, Now);
  void Begin(VerdictKey, VerdictRequest, Now);
  // Adds a run with its first waiter.
  template <typename Work>
  void Run(Work, Waiting, Now);
  void Refuse(const VerdictRequest&, std::string why, Now);
  void AfterInput(Runs::iterator, Now);
  // What a verification wants fetched, if it may and is not known to be
  // missing.
  void Fetch(std::uint64_t number, VerificationRun&, Now);
  void End(Runs::iterator, Now);
  void Reply(const Running&, VerificationRun&, Now);
  void Reply(const Running&, RouteRun&, Now);
  void Reply(const Running&, LookUpRun&, Now);

  const Surroundings around_;
  VerdictCache refused_{kMaxRefused};
  Runs running_;
  std::map<VerdictKey, std::uint64_t> running_by_key_;
  std::map<Domain, std::size_t> running_of_domain_;
  std::set<std::pair<Instant, std::uint64_t>> deadlines_;
  std::uint64_t next_ = 1;
  std::deque<Asked> questions_;
  std::deque<Fetched> requests_;
  MissingDocuments missing_;
  RateLimiter posh_of_domain_{kPoshOfDomain, kPoshOfDomainInterval};
  RateLimiter posh_of_network_{kPoshOfNetwork, kPoshOfNetworkInterval};
  std::deque<InboxReply> replies_;
  Totals totals_;
};

}  // namespace danegate
