// The way of a pair that was asked for: from <db:result/> to its answer.
#include <utility>

#include "proxy/xmpp/ingress_state.h"
#include "proxy/xmpp/limits.h"

namespace danegate {
namespace {

using Stage = IngressPair::Stage;

std::string NotServed(const IngressPair& pair) {
  return pair.to().ascii() + " is not served here";
}

}  // namespace

// --- asked for ---------------------------------------------------------------

// True if the certificate has proved this pair already; its backend leg has
// been opened for EXTERNAL.
bool IngressStream::State::IsHeaderPair(const DialbackElement& request) const {
  return phase_ == Phase::kAuth && proven_ &&
         proven_->domain() == request.from.domain && *to_ == request.to.domain;
}

// G-51: no key is needed.
void IngressStream::State::AskForHeaderPair(DialbackElement request) {
  auto& pair = pairs_.Add({kHeaderPair, std::move(request), Stage::kBackend,
                           now_ + limits::kPairTime, addressee_.stanza_bytes,
                           proven_, proof_expires_});
  if (backend_ == BackendState::kReady) return OnPairReady(pair);
  if (backend_ == BackendState::kFailed) {
    OnPairFailed(pair, {BackendFailure::Kind::kUnreachable, backend_detail_});
  }
}

// A pair of another sender or addressee is a matter of its own: it is looked
// up, and judged by the policy of its tenant (F-10, G-66), now (G-52).
void IngressStream::State::AskForPair(DialbackElement request) {
  const auto& pair = pairs_.Add({pairs_.NextNumber(), std::move(request),
                                 Stage::kAddressee, now_ + limits::kPairTime});
  actions_.Push(action::LookUp{pair.number, pair.to(), pair.from()});
}

void IngressStream::State::OnPairAddressee(IngressPair& pair,
                                           const Addressee& addressee) {
  if (!IsServed(addressee)) {  // G-21
    return FailPair(pair, {DialbackCondition::kItemNotFound, NotServed(pair)});
  }
  if (addressee.from_is_hosted) {  // A-20, G-64, D3
    return FailPair(pair,
                    {DialbackCondition::kNotAcceptable,
                     pair.from().ascii() +
                         " is served here and cannot come from elsewhere"});
  }
  if (!tls_.has_certificate && !addressee.allows_dialback) {
    return FailPair(pair, {DialbackCondition::kNotAuthorized,
                           "no client certificate was presented"});
  }
  pair.stanza_bytes = addressee.stanza_bytes;
  pair.stage = Stage::kVerdict;
  actions_.Push(
      action::Verify{pair.number, ClaimedDomain{pair.from()}, pair.to()});
}

// --- judged ------------------------------------------------------------------

// D6, C7: dialback decides only where nothing stronger does.
void IngressStream::State::OnPairVerdict(IngressPair& pair,
                                         const Verdict& verdict) {
  if (verdict.claimed() != pair.from()) return;
  if (pair.proven) return OnPairJudgedAgain(pair, verdict);
  switch (verdict.outcome()) {
    case Outcome::kProved:  // G-51
      pair.proof_expires = verdict.expires;
      return OpenPair(pair, *verdict.proven());
    case Outcome::kAbsent:
      if (verdict.may_dial_back) break;
      [[fallthrough]];
    case Outcome::kDisproved:
      return FailPair(pair,
                      {DialbackCondition::kNotAuthorized, TextOf(verdict)});
    case Outcome::kIndeterminate:  // L-05
      return FailPair(
          pair, {DialbackCondition::kRemoteConnectionFailed, TextOf(verdict)});
  }
  if (pair.request.key.empty()) return OnInvalidKey(pair);  // G-69
  pair.stage = Stage::kDialback;
  actions_.Push(action::DialBack{pair.number, ClaimedDomain{pair.from()},
                                 pair.to(), id_,
                                 std::exchange(pair.request.key, {})});
}

// Its backend leg is there already, and the answer is used at once.
void IngressStream::State::OnPairJudgedAgain(IngressPair& pair,
                                             const Verdict& verdict) {
  if (verdict.outcome() == Outcome::kProved) return Validate(pair);
  if (pair.number == kHeaderPair) backend_ = BackendState::kFailed;
  FailPair(pair, {verdict.outcome() == Outcome::kIndeterminate  // L-05
                      ? DialbackCondition::kRemoteConnectionFailed
                      : DialbackCondition::kNotAuthorized,
                  TextOf(verdict)});
}

// --- its backend leg ---------------------------------------------------------

void IngressStream::State::OpenPair(IngressPair& pair, ProvenDomain proven) {
  pair.stage = Stage::kBackend;
  actions_.Push(action::OpenBackend{pair.number, proven, pair.to()});
  pair.proven = std::move(proven);
}

// The peer's header stays; what it declares holds for every pair.
void IngressStream::State::OnPairReady(IngressPair& pair) {
  pair.stage = Stage::kFeatures;
  actions_.Push(action::RestartBackend{pair.number, DeclarationsOf(header_)});
}

// "valid" is said when stanzas can go through, and not before; and never by a
// certificate's verdict that is over (L-04, G-52).
void IngressStream::State::OnPairFeatures(IngressPair& pair) {
  if (now_ < pair.proof_expires) return Validate(pair);
  pair.stage = Stage::kVerdict;
  actions_.Push(
      action::Verify{pair.number, ClaimedDomain{pair.from()}, pair.to()});
}

void IngressStream::State::Validate(IngressPair& pair) {
  pair.stage = Stage::kValid;
  pair.deadline = Instant::Never();
  Answer(WriteValid(pair.request));
  if (phase_ != Phase::kEstablished) return EstablishByDialback();
  guard_->Admit(pair.number, *pair.proven, pair.to(), pair.stanza_bytes);
}

// No <auth/> can come any more: the leg that waits for it is not needed, unless
// it was asked for by dialback.
void IngressStream::State::EstablishByDialback() {
  const bool open =
      backend_ == BackendState::kOpening || backend_ == BackendState::kReady;
  if (open && pairs_.Find(kHeaderPair) == nullptr) {
    actions_.Push(action::DropPair{kHeaderPair});
  }
  backend_ = BackendState::kNone;
  Establish();
}

void IngressStream::State::OnPairFailed(IngressPair& pair,
                                        const BackendFailure& failure) {
  const auto condition = [&] {
    switch (failure.kind) {
      case BackendFailure::Kind::kUnreachable:
        return DialbackCondition::kRemoteServerTimeout;
      case BackendFailure::Kind::kRefused:
        return DialbackCondition::kInternalServerError;
      case BackendFailure::Kind::kOverloaded:
        return DialbackCondition::kResourceConstraint;
    }
    return DialbackCondition::kInternalServerError;
  }();
  FailPair(pair, {condition, TextForPeer(failure, pair.to())});
}

// --- its end -----------------------------------------------------------------

void IngressStream::State::ExpirePair(IngressPair& pair) {
  if (pair.number == kHeaderPair) backend_ = BackendState::kFailed;
  FailPair(pair, {DialbackCondition::kRemoteServerTimeout,
                  "it took too long to find out about " + pair.from().ascii()});
}

// The peer cannot be told that a valid pair is over, but the stream.
void IngressStream::State::OnHostGone(PairNumber number) {
  if (number == kHeaderPair) {
    if (!to_) return;  // none has been looked up
    return BeginClosing({StreamCondition::kHostGone,
                         to_->ascii() + " is not served here any more"},
                        CloseReason::kHostGone);
  }
  IngressPair* const pair = pairs_.Find(number);
  if (pair == nullptr) return;
  if (pair->stage == Stage::kValid) {
    return OnReset(pair->to().ascii() + " is not served here any more");
  }
  FailPair(*pair, {DialbackCondition::kItemNotFound, NotServed(*pair)});
}

void IngressStream::State::FailPair(IngressPair& pair, DialbackError error) {
  Answer(WriteError(pair.request, error));
  actions_.Push(action::DropPair{pair.number});
  pairs_.Remove(pair.number);
}

}  // namespace danegate
