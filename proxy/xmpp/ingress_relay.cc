// The authenticated stream: restart, stanzas, and its ends.
#include <utility>

#include "proxy/xmpp/bytes.h"
#include "proxy/xmpp/ingress_state.h"
#include "proxy/xmpp/limits.h"
#include "proxy/xmpp/xml_writer.h"
#include "verifier/release.h"

namespace danegate {
namespace {

bool IsSame(const std::optional<std::string>& value, const Domain& domain) {
  if (!value) return false;
  const auto parsed = Domain::Parse(*value);
  return parsed && *parsed == domain;
}

StreamError Changed(std::string_view attribute, const Domain& expected) {
  return {StreamCondition::kImproperAddressing,
          "the '" + std::string(attribute) +
              "' of the header after <success/> must still be " +
              expected.ascii()};
}

// Conditions of a backend that are true for the peer as well. Any other is
// between the backend and us.
bool ConcernsPeer(StreamCondition condition) {
  return condition == StreamCondition::kConflict ||
         condition == StreamCondition::kHostGone ||
         condition == StreamCondition::kHostUnknown ||
         condition == StreamCondition::kPolicyViolation ||
         condition == StreamCondition::kReset ||
         condition == StreamCondition::kResourceConstraint ||
         condition == StreamCondition::kSystemShutdown;
}

StreamError ForPeer(const std::optional<StreamError>& error,
                    const Domain& tenant) {
  const std::string who = "the server of " + tenant.ascii();
  if (!error) {
    return {StreamCondition::kReset, who + " has closed the stream"};
  }
  if (!ConcernsPeer(error->condition)) {
    return {StreamCondition::kInternalServerError,
            who + " has ended the stream"};
  }
  return {error->condition,
          who + " says: " +
              (error->text.empty() ? std::string(ToString(error->condition))
                                   : error->text)};
}

std::string DetailOf(const std::optional<StreamError>& error) {
  if (!error) return "the backend has closed the stream";
  return "the backend says " + std::string(ToString(error->condition)) +
         (error->text.empty() ? "" : ": " + error->text);
}

}  // namespace

void IngressStream::State::OnRestartHeader() {
  if (auto error = CheckHeader(header_)) {
    return Fail(*std::move(error), CloseReason::kBadStream);
  }
  if (auto error = CheckRestart()) {
    return Fail(*std::move(error), CloseReason::kBadAddress);
  }
  Enter(Phase::kFeatures);
  actions_.Push(action::RestartBackend{kHeaderPair, DeclarationsOf(header_)});
}

// A `from` that was never there may stay away.
std::optional<StreamError> IngressStream::State::CheckRestart() const {
  if (!IsSame(header_.to, *to_)) return Changed("to", *to_);
  if (!header_.from && from_was_missing_) return std::nullopt;
  if (!IsSame(header_.from, proven_->domain())) {
    return Changed("from", proven_->domain());
  }
  return std::nullopt;
}

void IngressStream::State::OnBackendFeatures(PairNumber number,
                                             const std::string& xml) {
  if (auto* pair = pairs_.Find(number, IngressPair::Stage::kFeatures)) {
    return OnPairFeatures(*pair);
  }
  if (number != kHeaderPair || phase_ != Phase::kFeatures) return;
  SendFeatures(offers_dialback_ ? xml + std::string(kDialbackFeature) : xml);
  pairs_.Add({kHeaderPair,
              {DialbackElement::Kind::kResult,
               DialbackElement::Type::kRequest,
               {proven_->domain(), ""},
               {*to_, ""},
               "",
               ""},
              IngressPair::Stage::kValid,
              Instant::Never(),
              addressee_.stanza_bytes,
              proven_});
  Establish();
}

// From now on the guard reads. What the reader has not understood yet, the
// guard reads again.
void IngressStream::State::Establish() {
  guard_.emplace(WriteScope(header_));
  pairs_.ForEachValid([this](const IngressPair& pair) {
    guard_->Admit(pair.number, *pair.proven, pair.to(), pair.stanza_bytes);
  });
  Enter(Phase::kEstablished);
  if (!late_answers_.empty()) Send(std::exchange(late_answers_, {}));
  std::string_view nothing;
  if (reader_->Next(nothing)) return OnEvent(StreamReader::End{}, nothing);
  reader_.reset();
  replayed_ = std::exchange(partial_, {}) + std::exchange(held_, {});
  Guard(replayed_);
}

// P4: between two stanzas nothing but the header's scope is needed. Looked at
// now and then, so that input sets no timer.
void IngressStream::State::Rest() {
  if (now_ < rest_at_) return;
  const Instant idle_at = last_input_ + limits::kIdleTime;
  if (now_ < idle_at) {
    rest_at_ = idle_at;
    return;
  }
  rest_at_ = guard_->Rest() ? Instant::Never() : now_ + limits::kIdleTime;
  Release(replayed_);
  actions_.Rest();
}

void IngressStream::State::Guard(std::string_view bytes) {
  last_input_ = now_;
  if (rest_at_ == Instant::Never()) rest_at_ = now_ + limits::kIdleTime;
  guard_->OnBytes(bytes, now_);
  std::size_t relayed = 0;
  for (const auto& dialback : guard_->dialback()) {
    RelayRuns(std::exchange(relayed, dialback.runs_before),
              dialback.runs_before);
    OnDialbackElement(dialback.element);
    if (phase_ == Phase::kClosed) return;
  }
  RelayRuns(relayed, guard_->runs().size());
  if (guard_->end()) OnGuardEnd(*guard_->end());
}

void IngressStream::State::RelayRuns(std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    const auto& run = guard_->runs()[i];
    actions_.Push(action::Relay{run.pair, AsBytes(run.bytes), run.stanzas});
  }
}

void IngressStream::State::OnGuardEnd(const StanzaGuard::End& end) {
  if (phase_ == Phase::kClosing) return End(std::move(ending_));
  switch (end.kind) {
    case StanzaGuard::End::Kind::kClosed:
      return OnEvent(StreamReader::End{}, {});
    case StanzaGuard::End::Kind::kViolation:
      return Fail(end.error, CloseReason::kBadStanza);
    case StanzaGuard::End::Kind::kPeerError:
      return OnPeerError(end.error);
  }
}

void IngressStream::State::OnBackendClosed(
    PairNumber number, const std::optional<StreamError>& error) {
  const auto* pair = pairs_.Find(number);
  const bool valid =
      pair != nullptr && pair->stage == IngressPair::Stage::kValid;
  const bool restarting = pair == nullptr && number == kHeaderPair &&
                          phase_ >= Phase::kRestart &&
                          phase_ < Phase::kEstablished;
  if (!valid && !restarting) {
    return OnBackendFailed(number,
                           {BackendFailure::Kind::kRefused, DetailOf(error)});
  }
  Fail(ForPeer(error, valid ? pair->to() : *to_), CloseReason::kBackendFailed,
       DetailOf(error));
}

// B-25, D-64: what proved the peer is gone, or has been out of reach for longer
// than our owner bears with.
void IngressStream::State::OnReverified(const Verdict& verdict) {
  if (!IsAuthenticated(phase_) || verdict.outcome() == Outcome::kProved ||
      !Loses(verdict)) {
    return;
  }
  BeginClosing({StreamCondition::kReset, TextOf(verdict)},
               CloseReason::kNotProven);
}

// True if a pair is not proven any more. One that dialback proved rests on
// nothing else, so "absent" takes nothing from it (D6).
bool IngressStream::State::Loses(const Verdict& verdict) const {
  if (phase_ < Phase::kEstablished) {
    return proven_->domain() == verdict.claimed();
  }
  const bool is_absent = verdict.outcome() == Outcome::kAbsent;
  bool loses = false;
  pairs_.ForEachValid([&](const IngressPair& pair) {
    if (pair.from() != verdict.claimed()) return;
    if (is_absent && verdict.may_dial_back && pair.by_key) return;
    loses = true;
  });
  return loses;
}

void IngressStream::State::OnReset(const std::string& why) {
  BeginClosing({StreamCondition::kReset, why}, CloseReason::kReconfigured);
}

void IngressStream::State::OnDrain() {
  BeginClosing({StreamCondition::kSystemShutdown, "this server is going down"},
               CloseReason::kDrained);
}

// from now on nothing is sent, so pairs that wait for an answer are
// given up; stanzas of the others pass until the peer closes, or time is over.
void IngressStream::State::BeginClosing(StreamError error, CloseReason reason) {
  if (phase_ == Phase::kClosing) return;
  if (phase_ != Phase::kEstablished) return Fail(std::move(error), reason);
  Send(WriteStreamError(error) + std::string(kStreamClose));
  while (const auto* pair = pairs_.FindPending()) {
    actions_.Push(action::DropPair{pair->number});
    pairs_.Remove(pair->number);
  }
  std::string detail = error.text;
  ending_ = {
      std::move(error), {}, std::string(ToString(reason)), std::move(detail)};
  Enter(Phase::kClosing);
}

}  // namespace danegate
