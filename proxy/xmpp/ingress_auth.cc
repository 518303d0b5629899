// Proof and SASL EXTERNAL.
#include <utility>

#include "proxy/xmpp/ingress_state.h"
#include "proxy/xmpp/limits.h"
#include "proxy/xmpp/xml_writer.h"

namespace danegate {
namespace {

std::string TextOf(const Verdict& verdict) {
  if (!verdict.remedy.empty()) return verdict.remedy;
  return verdict.claimed().ascii() + " could not be proven by DANE: " +
         std::string(ToString(verdict.reason()));
}

}  // namespace

void IngressStream::State::AskVerdict() {
  Enter(Phase::kVerdict);
  actions_.Push(action::Verify{ClaimedDomain{*from_}});
}

// Design section 4, D.7: what each outcome means for the peer.
void IngressStream::State::OnVerdict(const Verdict& verdict) {
  if (phase_ != Phase::kVerdict || verdict.claimed() != *from_) return;
  switch (verdict.outcome()) {
    case Outcome::kProved:
      return OnProven(verdict);
    case Outcome::kDisproved:
      return Refuse({StreamCondition::kNotAuthorized, TextOf(verdict)},
                    SaslCondition::kNotAuthorized, CloseReason::kNotProven);
    case Outcome::kAbsent:
      return Refuse({StreamCondition::kPolicyViolation, TextOf(verdict)},
                    SaslCondition::kNotAuthorized, CloseReason::kNotProven);
    case Outcome::kIndeterminate:  // L-05
      return Refuse({StreamCondition::kRemoteConnectionFailed, TextOf(verdict)},
                    SaslCondition::kTemporaryAuthFailure,
                    CloseReason::kNotProven);
  }
}

// The backend leg is opened while the peer reads our features.
void IngressStream::State::OnProven(const Verdict& verdict) {
  proven_ = verdict.proven();
  backend_ = BackendState::kOpening;
  actions_.Push(action::OpenBackend{*proven_, *to_});
  if (authenticating_) return AwaitBackend();
  OfferExternal();
}

void IngressStream::State::OfferExternal() {
  Send(OurHeader() + "<stream:features>" + WriteMechanisms() +
       "</stream:features>");  // A-34, B-04
  Enter(Phase::kAuth);
  Resume();
}

void IngressStream::State::OnSaslElement(const XmlElement& element) {
  const auto request = SaslRequestOf(element);
  if (!request) return OnStrayElement(element);
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
  actions_.Push(action::LookUp{*to_, from_});
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

void IngressStream::State::AwaitBackend() {
  Enter(Phase::kBackend);
  if (backend_ == BackendState::kReady) return Succeed();
  if (backend_ == BackendState::kFailed) {
    FailAuth({SaslCondition::kTemporaryAuthFailure, backend_text_},
             CloseReason::kBackendFailed, backend_detail_);
  }
}

void IngressStream::State::OnBackendReady() {
  if (backend_ != BackendState::kOpening) return;
  backend_ = BackendState::kReady;
  if (phase_ == Phase::kBackend) Succeed();
}

// Before <success/> it is the answer to <auth/>; a peer that was told success
// gets a stream error. The peer does not learn our addresses.
void IngressStream::State::OnBackendFailed(const BackendFailure& failure) {
  backend_ = BackendState::kFailed;
  backend_detail_ = failure.text;
  const bool overloaded = failure.kind == BackendFailure::Kind::kOverloaded;
  backend_text_ =
      overloaded ? failure.text
                 : "the server of " + to_->ascii() + " is not available now";
  if (phase_ == Phase::kBackend) return AwaitBackend();
  if (phase_ < Phase::kRestart) return;
  Fail({overloaded ? StreamCondition::kResourceConstraint
                   : StreamCondition::kInternalServerError,
        backend_text_},
       CloseReason::kBackendFailed, backend_detail_);
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
