#include "verifier/resolver.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

#include "verifier/clock.h"
#include "verifier/resolver/dns_message.h"

namespace danegate {

namespace {

// libunbound would unescape other names; ours have no need for that.
bool IsLabelCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

bool IsName(std::string_view name) {
  constexpr std::size_t kMaxName = 253;
  constexpr std::size_t kMaxLabel = 63;
  if (name.empty() || name.size() > kMaxName) return false;
  while (true) {
    const std::string_view label = name.substr(0, name.find('.'));
    if (label.empty() || label.size() > kMaxLabel ||
        !std::all_of(label.begin(), label.end(), IsLabelCharacter)) {
      return false;
    }
    if (label.size() == name.size()) return true;
    name.remove_prefix(label.size() + 1);
  }
}

std::string Describe(const Question& question) {
  return question.name + " " + std::string(ToString(question.type));
}

Answer FailedAnswer(const Question& question, std::string failure) {
  Answer answer;
  answer.question = question;
  answer.security = DnsSecurity::kInsecure;
  answer.canonical_name = question.name;
  answer.failure = std::move(failure);
  return answer;
}

// What libunbound's callback says.
struct Validated {
  int rcode;
  std::span<const std::uint8_t> message;
  int security;  // 0 insecure, 1 bogus, 2 secure
  const char* why_bogus;
};

Answer BogusAnswer(const Question& question, const char* why) {
  Answer answer = FailedAnswer(
      question, "the DNSSEC validation of " + Describe(question) + " failed" +
                    (why == nullptr ? "" : std::string(": ") + why));
  answer.security = DnsSecurity::kBogus;
  return answer;
}

std::string ExplainCode(const Question& question, int rcode) {
  if (rcode == 2) {
    return "no name server gave a usable answer to " + Describe(question) +
           " (SERVFAIL): they cannot be reached, refuse, or are broken";
  }
  return "the resolver answered " + Describe(question) +
         " with the error code " + std::to_string(rcode);
}

Answer MakeAnswer(const Question& question, const Validated& validated,
                  UnixTime now) {
  // D-21: bogus comes with either code, and is never an absence.
  if (validated.security == 1)
    return BogusAnswer(question, validated.why_bogus);
  if (validated.rcode != 0) {
    return FailedAnswer(question, ExplainCode(question, validated.rcode));
  }
  auto message = ReadDnsMessage(question, validated.message, now);
  if (!message) {
    return FailedAnswer(question, Describe(question) + ": " + message.error());
  }
  return Answer{.question = question,
                .status = message->status,
                .security = validated.security == 2 ? DnsSecurity::kSecure
                                                    : DnsSecurity::kInsecure,
                .rdata = std::move(message->rdata),
                .canonical_name = std::move(message->canonical_name),
                .lifetime = message->lifetime,
                .failure = ""};
}

}  // namespace

Result<std::unique_ptr<Resolver>, std::string> Resolver::Open(
    const ResolverSettings& settings, uv_loop_t* loop) {
  std::unique_ptr<Resolver> resolver(new Resolver(loop));
  auto unbound = OpenUnbound(settings, resolver->events_.base());
  if (!unbound) return Failure(unbound.error().why);
  resolver->unbound_ = *std::move(unbound);
  return resolver;
}

void Resolver::Ask(std::uint64_t ticket, const Question& question, Now now) {
  if (!IsName(question.name)) {
    return Fail(ticket, question,
                "'" + question.name +
                    "' cannot be looked up: expected labels of a-z, 0-9, '-' "
                    "and '_', at most 63 octets each and 253 in all");
  }
  if (Join(ticket, question, now)) return;
  if (asked_.size() >= kMaxQuestions) {
    return Fail(ticket, question,
                std::to_string(kMaxQuestions) +
                    " DNS questions are under way already; try again later");
  }
  Asked& asked = open_.emplace_back(
      Asked{this, {}, {ticket}, question, now.monotonic + kTimeLimit});
  const auto self = asked.self = std::prev(open_.end());
  asked_.emplace(question, &asked);
  // The answer may come, and `asked` be gone, before this returns 0.
  const int error = ub_resolve_event(
      unbound_.get(), question.name.c_str(), static_cast<int>(question.type),
      /*rrclass=*/1, &asked, OnResult, /*async_id=*/nullptr);
  if (error == 0) return;
  asked_.erase(question);
  open_.erase(self);
  Fail(ticket, question,
       "libunbound cannot ask " + Describe(question) + ": " +
           ub_strerror(error));
}

bool Resolver::Join(std::uint64_t ticket, const Question& question, Now now) {
  const auto found = asked_.find(question);
  if (found == asked_.end()) return false;
  Asked& asked = *found->second;
  if (asked.tickets.empty()) {  // it was given up
    asked.deadline = now.monotonic + kTimeLimit;
    open_.splice(open_.end(), given_up_, asked.self);
  }
  asked.tickets.push_back(ticket);
  return true;
}

std::optional<Resolver::TicketReply> Resolver::NextAnswer() {
  if (replies_.empty()) return std::nullopt;
  TicketReply reply = std::move(replies_.front());
  replies_.pop_front();
  return reply;
}

Instant Resolver::deadline() const {
  return open_.empty() ? Instant::Never() : open_.front().deadline;
}

// They are not cancelled: libunbound would work on them all the same, but no
// longer say when it is done, and kMaxQuestions could not be kept.
void Resolver::OnDeadline(Now now) {
  while (deadline() <= now.monotonic) {
    Asked& asked = open_.front();
    given_up_.splice(given_up_.end(), open_, asked.self);
    Settle(asked, FailedAnswer(asked.question,
                               "no answer to " + Describe(asked.question) +
                                   " within " +
                                   std::to_string(kTimeLimit.count()) + " s"));
  }
}

void Resolver::Settle(Asked& asked, const Answer& answer) {
  for (const std::uint64_t ticket : asked.tickets) {
    replies_.push_back({ticket, answer});
  }
  asked.tickets.clear();
}

void Resolver::OnResult(void* data, int rcode, void* packet, int length,
                        int security, char* why_bogus, int /*rate_limited*/) {
  auto* asked = static_cast<Asked*>(data);
  Resolver* self = asked->resolver;
  self->asked_.erase(asked->question);
  if (asked->tickets.empty()) {
    self->given_up_.erase(asked->self);
    return;
  }
  const std::span message(
      static_cast<const std::uint8_t*>(packet),
      packet == nullptr ? 0 : static_cast<std::size_t>(length));
  self->Settle(
      *asked, MakeAnswer(asked->question, {rcode, message, security, why_bogus},
                         ReadNow().wall));
  self->open_.erase(asked->self);
}

void Resolver::Fail(std::uint64_t ticket, const Question& question,
                    std::string why) {
  replies_.push_back({ticket, FailedAnswer(question, std::move(why))});
}

}  // namespace danegate
