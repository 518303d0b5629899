#include "verifier/service/verifier_thread.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "verifier/check.h"
#include "verifier/clock.h"

namespace danegate {

namespace {

template <typename Handle>
void Close(Handle& handle) {
  uv_close(reinterpret_cast<uv_handle_t*>(&handle), nullptr);
}

}  // namespace

// libuv fails here only if the process has no memory or files left.
VerifierThread::VerifierThread(const VerifierSettings& settings,
                               const TrustStore& trust, VerdictMemory& memory)
    : posh_guard_(settings.posh_guard),
      memory_(memory),
      table_({trust, posh_guard_, settings.posh, memory}) {
  DANEGATE_CHECK(uv_loop_init(&loop_) == 0);
  loop_.data = this;
  DANEGATE_CHECK(uv_async_init(&loop_, &wake_, [](uv_async_t* handle) {
                   auto* self =
                       static_cast<VerifierThread*>(handle->loop->data);
                   if (self->stop_.load()) uv_stop(handle->loop);
                 }) == 0);
  uv_timer_init(&loop_, &timer_);
  uv_prepare_init(&loop_, &turn_);
  uv_prepare_start(&turn_, [](uv_prepare_t* handle) {
    static_cast<VerifierThread*>(handle->loop->data)->OnTurn();
  });
}

Result<std::unique_ptr<VerifierThread>, std::string> VerifierThread::Open(
    const VerifierSettings& settings, const TrustStore& trust,
    VerdictMemory& memory) {
  std::unique_ptr<VerifierThread> thread(
      new VerifierThread(settings, trust, memory));
  auto resolver = Resolver::Open(settings.resolver, &thread->loop_);
  if (!resolver) return Failure(std::move(resolver).error());
  thread->resolver_ = *std::move(resolver);
  auto fetch = HttpsFetch::Open(&thread->loop_, settings.https);
  if (!fetch) return Failure(std::move(fetch).error());
  thread->fetch_ = *std::move(fetch);
  return thread;
}

VerifierThread::~VerifierThread() {
  if (thread_.joinable()) {
    stop_.store(true);
    uv_async_send(&wake_);
    thread_.join();
  }
  resolver_.reset();  // before its loop
  fetch_.reset();
  Close(wake_);
  Close(timer_);
  Close(turn_);
  uv_run(&loop_, UV_RUN_DEFAULT);
  DANEGATE_CHECK(uv_loop_close(&loop_) == 0);
}

void VerifierThread::Start() {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { Run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void VerifierThread::Submit(std::vector<VerifierRequest> requests) {
  bool was_empty = false;
  for (VerifierRequest& request : requests) {
    was_empty |= requests_.Put(std::move(request));
  }
  if (was_empty) uv_async_send(&wake_);
}

void VerifierThread::Submit(MemoryRequest request) {
  memory_requests_.Put(std::move(request));
  uv_async_send(&wake_);
}

VerifierService::Counters VerifierThread::counters() const {
  const auto read = [](const std::atomic<std::uint64_t>& total) {
    return total.load(std::memory_order_relaxed);
  };
  return {.requests = read(totals_.requests),
          .batches = read(totals_.batches),
          .cache_hits = read(totals_.cache_hits),
          .joined = read(totals_.joined),
          .verifications = read(totals_.verifications),
          .questions = read(totals_.questions)};
}

void VerifierThread::Run() {
  pthread_setname_np(pthread_self(), "verifier");
  uv_run(&loop_, UV_RUN_DEFAULT);
}

void VerifierThread::OnTurn() {
  const Now now = ReadNow();
  if (clock_watch_.HasJumped(now)) memory_.BumpEpoch();
  AnswerMemoryRequests(now);
  TakeRequests(now);
  resolver_->OnDeadline(now);
  table_.OnDeadline(now);
  Advance(now);
  Count();  // before the replies, so that their receivers see it
  Deliver();
  SetTimer(now);
}

void VerifierThread::TakeRequests(Now now) {
  std::vector<VerifierRequest> requests = requests_.Drain();
  if (!requests.empty()) ++batches_;
  for (VerifierRequest& request : requests) {
    table_.OnRequest(std::move(request), now);
  }
}

void VerifierThread::AnswerMemoryRequests(Now now) {
  for (const MemoryRequest& request : memory_requests_.Drain()) {
    request.inbox->replies.Put(table_.OnMemoryRequest(request, now));
    request.inbox->wake();
  }
}

// Questions that libunbound answers from its cache are answered at once, so
// this goes on until nothing moves.
void VerifierThread::Advance(Now now) {
  while (true) {
    while (auto asked = table_.NextQuestion()) {
      ++questions_;
      resolver_->Ask(asked->verification, asked->question, now);
    }
    while (auto fetched = table_.NextRequest()) {
      fetch_->Fetch(fetched->verification, fetched->request, now);
    }
    if (auto answer = resolver_->NextAnswer()) {
      table_.OnAnswer(answer->ticket, answer->answer, now);
    } else if (auto reply = fetch_->NextReply()) {
      table_.OnReply(reply->ticket, reply->reply, now);
    } else {
      return;
    }
  }
}

void VerifierThread::Count() {
  const auto write = [](std::atomic<std::uint64_t>& total,
                        std::uint64_t value) {
    total.store(value, std::memory_order_relaxed);
  };
  const VerificationTable::Totals& totals = table_.totals();
  write(totals_.requests, totals.requests);
  write(totals_.batches, batches_);
  write(totals_.cache_hits, totals.cache_hits);
  write(totals_.joined, totals.joined);
  write(totals_.verifications, totals.verifications);
  write(totals_.questions, questions_);
}

// An inbox that was not empty is woken by whoever filled it first.
void VerifierThread::Deliver() {
  std::vector<VerifierInbox*> woken;
  while (auto reply = table_.NextReply()) {
    if (reply->inbox->replies.Put(std::move(reply->reply)) &&
        std::find(woken.begin(), woken.end(), reply->inbox) == woken.end()) {
      woken.push_back(reply->inbox);
    }
  }
  for (VerifierInbox* inbox : woken) inbox->wake();
}

void VerifierThread::SetTimer(Now now) {
  const Instant next = std::min(table_.deadline(), resolver_->deadline());
  if (next == Instant::Never()) {
    uv_timer_stop(&timer_);
    return;
  }
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(
      std::max(next - now.monotonic, Duration::zero()));
  // The turn does the work.
  uv_timer_start(
      &timer_, [](uv_timer_t*) {}, static_cast<std::uint64_t>(wait.count()), 0);
}

}  // namespace danegate
