// Proof and SASL EXTERNAL.
#include <utility>

#include "proxy/xmpp/ingress_state.h"
#include "proxy/xmpp/limits.h"
#include "proxy/xmpp/xml_writer.h"

namespace danegate {

std::string TextForPeer(const BackendFailure& failure, const Domain& tenant) {
  if (failure.kind == BackendFailure::Kind::kOverloaded) return failure.text;
  return "the server of " + tenant.ascii() + " is not available now";
}

namespace {

// Whoever is refused by name could prove what it liked.
StreamCondition ConditionOf(const Verdict& disproved) {
  return disproved.reason() == Reason::kPeerRefused
             ? StreamCondition::kPolicyViolation
             : StreamCondition::kNotAuthorized;
}

}  // namespace

std::string TextOf(const Verdict& verdict) {
  if (!verdict.remedy.empty()) return verdict.remedy;
  return verdict.claimed().ascii() + " could not be proven by DANE: " +
         std::string(ToString(verdict.reason()));
}

void IngressStream::State::AskVerdict() {
  Enter(Phase::kVerdict);
  actions_.Push(action::Verify{kHeaderPair, ClaimedDomain{*from_}, *to_});
}

// Design section 4, D.7: what each outcome means for the peer.
void IngressStream::State::OnVerdict(PairNumber number,
                                     const Verdict& verdict) {
  if (auto* pair = pairs_.Find(number, IngressPair::Stage::kVerdict)) {
    return OnPairVerdict(*pair, verdict);
  }
  if (number != kHeaderPair || phase_ != Phase::kVerdict ||
      verdict.claimed() != *from_) {
    return;
  }
  switch (verdict.outcome()) {
    case Outcome::kProved:
      return OnProven(verdict);
    case Outcome::kDisproved:
      return Refuse({ConditionOf(verdict), TextOf(verdict)},
                    SaslCondition::kNotAuthorized, CloseReason::kNotProven);
    case Outcome::kAbsent:
      if (verdict.may_dial_back && !authenticating_) return OfferDialback();
      return RefuseUnproven(
          {StreamCondition::kPolicyViolation, TextOf(verdict)});
    case Outcome::kIndeterminate:  // L-05
      return Refuse({StreamCondition::kRemoteConnectionFailed, TextOf(verdict)},
                    SaslCondition::kTemporaryAuthFailure,
                    CloseReason::kNotProven);
  }
}

// The backend leg is opened while the peer reads our features. An answer that
// was asked for again is used at once, so it holds whatever its lifetime.
void IngressStream::State::OnProven(const Verdict& verdict) {
  offers_dialback_ = verdict.may_dial_back;
  if (proven_) {
    return backend_ == BackendState::kReady ? Succeed() : AwaitBackend();
  }
  proven_ = verdict.proven();
  proof_expires_ = verdict.expires;
  backend_ = BackendState::kOpening;
  actions_.Push(action::OpenBackend{kHeaderPair, *proven_, *to_});
  if (authenticating_) return AwaitBackend();
  OfferExternal();
}

void IngressStream::State::OfferExternal() {
  std::string features = WriteMechanisms();  // A-34, B-04
  if (offers_dialback_) features += kDialbackFeature;
  SendFeatures(features);
  Enter(Phase::kAuth);
  Resume();
}

// B-03, A-32: it is the only feature, and not a voluntary one.
void IngressStream::State::OfferDialback() {
  offers_dialback_ = true;
  SendFeatures(std::string(kDialbackFeature));
  Enter(Phase::kDialback);
  Resume();
}

// B-20, unless the peer may want to know something of us (G-28). What it is
// told then is the same, a little later.
void IngressStream::State::RefuseUnproven(StreamError error) {
  if (authenticating_ || !settings_.answers_keys) {
    return Refuse(std::move(error), SaslCondition::kNotAuthorized,
                  CloseReason::kNotProven);
  }
  refusal_ = std::move(error);
  SendFeatures("");
  Enter(Phase::kKeys);
  Resume();
}

void IngressStream::State::OnSaslElement(const XmlElement& element) {
  const auto request = SaslRequestOf(element);
  if (!request) return OnStrayElement(element);
  if (phase_ == Phase::kDialback || !pairs_.empty()) {
    return FailExchange({SaslCondition::kNotAuthorized,
                         "EXTERNAL is not offered on this stream: go on with "
                         "dialback"});
  }
  switch (*request) {
    case SaslRequest::kAuth:
      return OnAuth(element);
    case SaslRequest::kResponse:
      if (!std::exchange(challenged_, false)) {
        return FailExchange({SaslCondition::kMalformedRequest,
                             "a response without a challenge"});
      }
      return OnResponse(element.text);
    case SaslRequest::kAbort:  // B-19
      return FailExchange({SaslCondition::kAborted, ""});
  }
}

// A second <auth/> replaces an exchange that is under way (RFC 6120 6.4.2).
void IngressStream::State::OnAuth(const XmlElement& auth) {
  challenged_ = false;
  const auto* mechanism = auth.AttributeValue("mechanism");
  if (mechanism == nullptr || *mechanism != "EXTERNAL") {
    return FailExchange(
        {SaslCondition::kInvalidMechanism, "the mechanism must be EXTERNAL"});
  }
  if (auth.text.empty()) {  // B-07
    challenged_ = true;
    return Send(WriteChallenge());
  }
  OnResponse(auth.text);
}

void IngressStream::State::OnResponse(std::string_view text) {
  auto authzid = DecodeAuthzid(text);
  if (!authzid) return FailExchange(authzid.error());
  OnAuthzid(*std::move(authzid));
}

void IngressStream::State::OnAuthzid(std::optional<Domain> authzid) {
  if (from_ && authzid && *authzid != *from_) {  // B-09
    return FailExchange({SaslCondition::kInvalidAuthzid,
                         "the stream is from " + from_->ascii() +
                             ", it cannot act as " + authzid->ascii()});
  }
  if (!from_ && !authzid) {  // B-11
    return FailExchange({SaslCondition::kNotAuthorized,
                         "neither the stream's 'from' nor the authorization "
                         "identity says who you are"});
  }
  authenticating_ = true;
  if (proven_) return AwaitBackend();
  from_ = *std::move(authzid);
  from_was_missing_ = true;
  Enter(Phase::kAddressee);
  actions_.Push(action::LookUp{kHeaderPair, *to_, from_});
}

// B-16: some failures are forgiven, and the try after them is not.
void IngressStream::State::FailExchange(SaslFailure failure) {
  challenged_ = false;
  if (++sasl_failures_ > limits::kSaslFailures) {
    return Fail(
        {StreamCondition::kPolicyViolation, "too many failed authentications"},
        CloseReason::kAuthFailed);
  }
  Send(WriteSaslFailure(failure));
}

// A verdict that is over grants nothing: it is asked for again (L-04).
void IngressStream::State::AwaitBackend() {
  Enter(Phase::kBackend);
  if (backend_ == BackendState::kReady) {
    return now_ < proof_expires_ ? Succeed() : AskVerdict();
  }
  if (backend_ == BackendState::kFailed) {
    FailAuth({SaslCondition::kTemporaryAuthFailure, backend_text_},
             CloseReason::kBackendFailed, backend_detail_);
  }
}

void IngressStream::State::OnBackendReady(PairNumber number) {
  if (number == kHeaderPair && backend_ == BackendState::kOpening) {
    backend_ = BackendState::kReady;
  }
  if (auto* pair = pairs_.Find(number, IngressPair::Stage::kBackend)) {
    return OnPairReady(*pair);
  }
  if (number == kHeaderPair && phase_ == Phase::kBackend) AwaitBackend();
}

// Before <success/> it is the answer to <auth/>; a peer that was told success
// gets a stream error.
void IngressStream::State::OnBackendFailed(PairNumber number,
                                           const BackendFailure& failure) {
  auto* pair = pairs_.Find(number);
  if (number == kHeaderPair && pair == nullptr &&
      backend_ == BackendState::kNone) {
    return;  // none was asked for, or it is not needed any more
  }
  if (number == kHeaderPair) {
    backend_ = BackendState::kFailed;
    backend_detail_ = failure.text;
    backend_text_ = TextForPeer(failure, *to_);
  }
  if (pair != nullptr && pair->stage != IngressPair::Stage::kValid) {
    return OnPairFailed(*pair, failure);
  }
  if (pair == nullptr) {
    if (number != kHeaderPair || phase_ == Phase::kEstablished) return;
    if (phase_ == Phase::kBackend) return AwaitBackend();
    if (phase_ < Phase::kRestart) return;
  }
  Fail({failure.kind == BackendFailure::Kind::kOverloaded
            ? StreamCondition::kResourceConstraint
            : StreamCondition::kInternalServerError,
        TextForPeer(failure, pair == nullptr ? *to_ : pair->to())},
       CloseReason::kBackendFailed, failure.text);
}

// B-13, B-14. What came behind <auth/> belongs to the new stream (B-15).
void IngressStream::State::Succeed() {
  authenticating_ = false;
  Send(WriteSuccess());
  NewStream();
  Enter(Phase::kRestart);
  Resume();
}

}  // namespace danegate
