// VerifierThread is one thread of the VerifierService: a libuv loop that
// carries requests, answers and verdicts between mailboxes, a VerificationTable
// and a Resolver. It decides nothing.
//
// All of a turn's work happens in one place, before the loop sleeps: everything
// that arrived is taken in, everything that is finished goes out, and each
// inbox that got something is woken once.
#pragma once

#include <uv.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "verifier/address_guard.h"
#include "verifier/clock_watch.h"
#include "verifier/https_fetch.h"
#include "verifier/mailbox.h"
#include "verifier/resolver.h"
#include "verifier/service.h"
#include "verifier/service/verification_table.h"

namespace danegate {

class VerifierThread {
 public:
  // Opens the resolver; the thread does not run yet.
  static Result<std::unique_ptr<VerifierThread>, std::string> Open(
      const VerifierSettings&, const TrustStore& trust, VerdictMemory&);
  // Stops and joins the thread if it runs. Requests still open get no reply.
  ~VerifierThread();
  VerifierThread(const VerifierThread&) = delete;
  VerifierThread& operator=(const VerifierThread&) = delete;

  // Runs the thread, with every signal blocked. Once.
  void Start();

  // Any thread.
  void Submit(std::vector<VerifierRequest> requests);
  void Submit(MemoryRequest);
  VerifierService::Counters counters() const;

 private:
  VerifierThread(const VerifierSettings&, const TrustStore& trust,
                 VerdictMemory&);
  void Run();
  void OnTurn();
  void TakeRequests(Now);
  void AnswerMemoryRequests(Now);
  void Advance(Now);
  void Count();
  void Deliver();
  void SetTimer(Now);

  Mailbox<VerifierRequest> requests_;
  Mailbox<MemoryRequest> memory_requests_;
  std::atomic<bool> stop_{false};

  // Written by the thread, once a turn.
  struct {
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> batches{0};
    std::atomic<std::uint64_t> cache_hits{0};
    std::atomic<std::uint64_t> joined{0};
    std::atomic<std::uint64_t> verifications{0};
    std::atomic<std::uint64_t> questions{0};
  } totals_;

  // The thread's own.
  uv_loop_t loop_;
  uv_async_t wake_;
  uv_prepare_t turn_;
  uv_timer_t timer_;
  std::unique_ptr<Resolver> resolver_;
  std::unique_ptr<HttpsFetch> fetch_;
  const AddressGuard posh_guard_;
  ClockWatch clock_watch_;
  VerdictMemory& memory_;
  VerificationTable table_;
  std::uint64_t batches_ = 0;
  std::uint64_t questions_ = 0;

  std::thread thread_;
};

}  // namespace danegate
