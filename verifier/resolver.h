// Resolver is the door to libunbound: it asks questions and gives back
// validated answers, on one libuv loop, without blocking it.
//
// Contract: Ask() never calls back. Answers collect and are taken with
// NextAnswer(), once a loop turn, until it is empty - a question may be
// answered from libunbound's cache before Ask() returns. Each question gets
// exactly one answer, at the latest when OnDeadline() is called at its
// deadline.
//
// Whatever went wrong is DnsStatus::kFailed with a sentence, never an absence
// (L-05, D-21). A failure's security is kBogus if a signature did not validate,
// else kInsecure, which then says nothing.
//
// Equal questions that are under way are one, and share the answer and the
// deadline of the first: a stranger who makes many verifications wait for one
// silent server holds one place of kMaxQuestions. A question that was given up
// stays with libunbound until it is done with it, and keeps its place until
// then; whoever asks it again waits for the same look-up. libunbound caches.
//
// Lifetime: delete it, then run the loop once more so that its handles close.
// Thread: the loop's; opening it before the loop's thread starts is fine.
#pragma once

#include <uv.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "verifier/instant.h"
#include "verifier/question.h"
#include "verifier/resolver/unbound_setup.h"
#include "verifier/resolver/uv_event_base.h"
#include "verifier/resolver_settings.h"
#include "verifier/result.h"

namespace danegate {

class Resolver {
 public:
  // libunbound itself would try for a minute or more. A verification has 10 s:
  // one look-up that nobody answers leaves it time for the others.
  static constexpr std::chrono::seconds kTimeLimit{6};
  // Under way at a time, those given up included: 11 KB each when forwarding
  // (measured), more when recursing (L-06).
  static constexpr std::size_t kMaxQuestions = 4096;

  // The error is a sentence that names the setting and says what to do.
  static Result<std::unique_ptr<Resolver>, std::string> Open(
      const ResolverSettings&, uv_loop_t* loop);
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // `ticket` is the caller's and comes back with the answer.
  void Ask(std::uint64_t ticket, const Question&, Now);

  struct TicketReply {
    std::uint64_t ticket;
    Answer answer;
  };
  std::optional<TicketReply> NextAnswer();

  // When OnDeadline() must be called at the latest.
  Instant deadline() const;
  void OnDeadline(Now);

 private:
  // Asked is a question that libunbound works on. Its address is the callback's
  // argument, so it stays where it is until libunbound is done.
  struct Asked {
    Resolver* resolver;
    std::list<Asked>::iterator self;
    std::vector<std::uint64_t> tickets;  // none once it is given up
    Question question;
    Instant deadline;
  };

  explicit Resolver(uv_loop_t* loop) : events_(loop) {}
  static void OnResult(void* asked, int rcode, void* packet, int length,
                       int security, char* why_bogus, int rate_limited);
  // Waits for a look-up that is under way already; false if there is none.
  bool Join(std::uint64_t ticket, const Question&, Now);
  void Settle(Asked&, const Answer&);
  void Fail(std::uint64_t ticket, const Question&, std::string why);

  UvEventBase events_;
  std::list<Asked> open_;             // oldest first, and so by deadline
  std::list<Asked> given_up_;         // answered by us, still with libunbound
  std::map<Question, Asked*> asked_;  // all of both
  std::deque<TicketReply> replies_;
  // Goes first: while it is deleted it may still call back.
  UniqueUnbound unbound_;
};

}  // namespace danegate
