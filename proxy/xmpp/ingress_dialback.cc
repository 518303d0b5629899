// Dialback on an inbound stream: what the peer asks, and what it is told.
#include <algorithm>
#include <string>
#include <utility>

#include "proxy/xmpp/dialback.h"
#include "proxy/xmpp/ingress_state.h"
#include "proxy/xmpp/limits.h"

namespace danegate {

void IngressStream::State::OnDialbackElement(const XmlElement& element) {
  if (phase_ == Phase::kClosing) return;  // nothing can be answered
  if (!IsDialback(element)) return OnStrayElement(element);
  if (!CountDialbackElement()) {
    return Fail({StreamCondition::kPolicyViolation,
                 "more than " + std::to_string(limits::kDialbackElements) +
                     " elements of dialback within a minute"},
                CloseReason::kBadStream);
  }
  if (!IsDialbackRequest(element)) return;  // G-06, G-60
  auto read = ReadDialback(element);
  if (!read) return Fail(read.error(), CloseReason::kBadStream);  // G-05
  if (read->kind == DialbackElement::Kind::kVerify) {
    return OnVerifyRequest(*std::move(read));
  }
  OnResultRequest(*std::move(read));
}

// A peer that nothing can prove may ask about keys and do nothing else.
void IngressStream::State::OnKeysElement(const XmlElement& element) {
  if (IsDialback(element) && IsDialbackRequest(element) &&
      element.local == "verify") {
    return OnDialbackElement(element);
  }
  Fail(refusal_, CloseReason::kNotProven);
}

// G-34, L-06: each makes us work, whatever becomes of it.
bool IngressStream::State::CountDialbackElement() {
  if (now_ - dialback_since_ >= limits::kDialbackWindow) {
    dialback_since_ = now_;
    dialback_elements_ = 0;
  }
  return ++dialback_elements_ <= limits::kDialbackElements;
}

void IngressStream::State::OnResultRequest(DialbackElement request) {
  if (const auto* pair = pairs_.Find(request.from.domain, request.to.domain)) {
    // One answer is enough for those that wait for it (threats D7).
    if (pair->stage == IngressPair::Stage::kValid) Answer(WriteValid(request));
    return;
  }
  if (pairs_.IsFull()) {  // G-44
    return Answer(WriteError(request, {DialbackCondition::kResourceConstraint,
                                       "too many pairs on one stream"}));
  }
  if (phase_ == Phase::kAuth) {  // no <auth/> is waited for meanwhile
    deadline_ = std::min(now_ + limits::kDialbackTime, life_ends_);
  }
  if (IsHeaderPair(request)) return AskForHeaderPair(std::move(request));
  AskForPair(std::move(request));
}

// While the stream is restarted there is none that an answer could go on.
void IngressStream::State::Answer(std::string bytes) {
  if (phase_ == Phase::kClosing) return;
  if (phase_ == Phase::kAuth || phase_ == Phase::kDialback ||
      phase_ == Phase::kKeys || phase_ == Phase::kEstablished) {
    return Send(std::move(bytes));
  }
  late_answers_ += bytes;
}

// --- the answer to DialBack --------------------------------------------------

void IngressStream::State::OnDialback(PairNumber number,
                                      const DialbackResult& result) {
  auto* pair = pairs_.Find(number, IngressPair::Stage::kDialback);
  if (pair == nullptr) return;  // G-23, G-65
  switch (result.kind) {
    case DialbackResult::Kind::kInvalid:
      return OnInvalidKey(*pair);
    case DialbackResult::Kind::kError:
      return FailPair(*pair, result.error);
    case DialbackResult::Kind::kValid:
      break;
  }
  const auto* verdict = result.verdict.get();
  if (verdict == nullptr || !verdict->proven() ||
      verdict->prooftype != Prooftype::kDialback ||
      verdict->claimed() != pair->from()) {
    return FailPair(*pair, {DialbackCondition::kInternalServerError, ""});
  }
  pair->by_key = true;
  OpenPair(*pair, *verdict->proven());
}

// G-24. A wrong key is a forgery, or a secret that is not shared.
void IngressStream::State::OnInvalidKey(const IngressPair& pair) {
  std::string detail = "the dialback key of " + pair.from().ascii() + " to " +
                       pair.to().ascii() + " is invalid";
  if (pairs_.HasValid()) {
    return FailPair(*pairs_.Find(pair.number),
                    {DialbackCondition::kForbidden, std::move(detail)});
  }
  Send(WriteInvalid(pair.request) + std::string(kStreamClose));
  End({{},
       {},
       std::string(ToString(CloseReason::kNotProven)),
       std::move(detail)});
}

// --- keys of ours ------------------------------------------------------------

void IngressStream::State::OnVerifyRequest(DialbackElement request) {
  const auto outstanding = key_questions_.size();
  if (outstanding >= static_cast<std::size_t>(limits::kDialbackElements)) {
    return Answer(WriteError(request, {DialbackCondition::kResourceConstraint,
                                       "too many keys at once"}));
  }
  const KeyTicket ticket = ++last_ticket_;
  actions_.Push(action::CheckKey{ticket, ClaimedDomain{request.from.domain},
                                 request.to.domain, request.id,
                                 std::exchange(request.key, {})});
  key_questions_.push_back({ticket, std::move(request)});
}

// G-32: whatever the answer, the stream goes on.
void IngressStream::State::OnKeyChecked(KeyTicket ticket, KeyAnswer answer) {
  const auto at = std::find_if(
      key_questions_.begin(), key_questions_.end(),
      [&](const auto& question) { return question.ticket == ticket; });
  if (at == key_questions_.end()) return;
  const DialbackElement request = std::move(at->request);
  key_questions_.erase(at);
  switch (answer) {
    case KeyAnswer::kValid:
      return Answer(WriteValid(request));
    case KeyAnswer::kInvalid:
      return Answer(WriteInvalid(request));
    case KeyAnswer::kNotHosted:
      return Answer(WriteError(
          request, {DialbackCondition::kItemNotFound,
                    request.to.domain.ascii() + " is not served here"}));
  }
}

}  // namespace danegate
