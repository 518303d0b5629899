// The authenticated stream: restart, stanzas, and its ends.
#include <utility>

#include "proxy/xmpp/bytes.h"
#include "proxy/xmpp/ingress_state.h"
#include "proxy/xmpp/limits.h"
#include "proxy/xmpp/xml_writer.h"

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
  actions_.Push(action::RestartBackend{DeclarationsOf(header_)});
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

void IngressStream::State::OnBackendFeatures(const std::string& xml) {
  if (phase_ != Phase::kFeatures) return;
  Send(OurHeader() + (xml.empty()
                          ? "<stream:features/>"
                          : "<stream:features>" + xml + "</stream:features>"));
  guard_.emplace(*proven_, *to_, WriteScope(header_), addressee_.stanza_bytes);
  Enter(Phase::kEstablished);
  std::string_view nothing;
  if (reader_->Next(nothing)) return OnEvent(StreamReader::End{}, nothing);
  reader_.reset();
  replayed_ = std::exchange(held_, {});
  Guard(replayed_);
}

void IngressStream::State::Guard(std::string_view bytes) {
  guard_->OnBytes(bytes, now_);
  for (const auto& run : guard_->runs()) {
    actions_.Push(action::Relay{AsBytes(run.bytes), run.stanzas});
  }
  if (guard_->end()) OnGuardEnd(*guard_->end());
}

void IngressStream::State::OnGuardEnd(const StanzaGuard::End& end) {
  switch (end.kind) {
    case StanzaGuard::End::Kind::kClosed:
      return OnEvent(StreamReader::End{}, {});
    case StanzaGuard::End::Kind::kViolation:
      return Fail(end.error, CloseReason::kBadStanza);
    case StanzaGuard::End::Kind::kPeerError:
      return OnPeerError(end.error);
    case StanzaGuard::End::Kind::kStopped:
      return Fail(
          {StreamCondition::kSystemShutdown, "this server is going down"},
          CloseReason::kDrained);
  }
}

void IngressStream::State::OnBackendClosed(
    const std::optional<StreamError>& error) {
  if (phase_ < Phase::kRestart) {
    return OnBackendFailed({BackendFailure::Kind::kRefused, DetailOf(error)});
  }
  Fail(ForPeer(error, *to_), CloseReason::kBackendFailed, DetailOf(error));
}

void IngressStream::State::OnDrain() {
  if (phase_ != Phase::kEstablished) {
    return Fail({StreamCondition::kSystemShutdown, "this server is going down"},
                CloseReason::kDrained);
  }
  guard_->StopBetweenStanzas();
  if (guard_->end()) return OnGuardEnd(*guard_->end());
  deadline_ = now_ + limits::kDrainTime;
}

}  // namespace danegate
