// From the first byte to the end of the second header: headers, STARTTLS,
// addresses.
#include <utility>

#include "proxy/xmpp/ingress_state.h"
#include "proxy/xmpp/limits.h"
#include "proxy/xmpp/namespaces.h"
#include "proxy/xmpp/starttls.h"
#include "proxy/xmpp/xml_writer.h"

namespace danegate {
namespace {

// `value` as a domain, or what is wrong with it.
Result<Domain, StreamError> ReadAddress(std::string_view attribute,
                                        const std::string& value) {
  auto domain = Domain::Parse(value);
  if (domain) return *std::move(domain);
  return Failure(StreamError{
      StreamCondition::kImproperAddressing,
      "the '" + std::string(attribute) + "' of a stream must be a domain, " +
          Quoted(value) + " is not: " + std::string(ToString(domain.error()))});
}

bool IsStanza(const XmlElement& element) {
  return element.uri == xmlns::kServer &&
         (element.local == "message" || element.local == "presence" ||
          element.local == "iq");
}

}  // namespace

void IngressStream::State::OnPeerBytes(std::string_view bytes) {
  if (phase_ == Phase::kEstablished || phase_ == Phase::kClosing) {
    return Guard(bytes);
  }
  negotiated_ += bytes.size();
  if (negotiated_ > limits::kNegotiationBytes) {
    return Fail({StreamCondition::kPolicyViolation,
                 "more than " + std::to_string(limits::kNegotiationBytes) +
                     " octets before the stream is established"},
                CloseReason::kBadStream);
  }
  if (phase_ == Phase::kHandshake) {  // our owner had cleartext left
    return Fail(
        {StreamCondition::kPolicyViolation, "cleartext where TLS should begin"},
        CloseReason::kInjection);
  }
  if (IsWaiting(phase_)) {
    held_ += bytes;
  } else {
    Read(bytes);
  }
}

void IngressStream::State::Read(std::string_view input) {
  while (IsReading(phase_)) {
    const auto fed = input;
    auto event = reader_->Next(input);
    if (!event) {
      partial_ += fed;
      return;
    }
    partial_.clear();
    std::visit([&](auto& what) { OnEvent(what, input); }, *event);
  }
  if (IsWaiting(phase_)) held_ += input;
}

void IngressStream::State::Resume() {
  const std::string held = std::exchange(held_, {});
  Read(held);
}

// nothing of the old stream's XML state is left.
void IngressStream::State::NewStream() {
  reader_.emplace(NegotiationLimits());
  header_ = {};
  header_sent_ = false;
  partial_.clear();
}

void IngressStream::State::OnEvent(StreamHeader& header, std::string_view) {
  header_ = std::move(header);
  if (phase_ == Phase::kRestart) return OnRestartHeader();
  OnOpeningHeader();
}

void IngressStream::State::OnEvent(const XmlElement& element,
                                   std::string_view rest) {
  if (element.Is(xmlns::kStreams, "error")) {
    return OnPeerError(ReadStreamError(element));
  }
  if (phase_ == Phase::kKeys) return OnKeysElement(element);
  if (phase_ == Phase::kAuth || phase_ == Phase::kDialback) {
    if (IsDialback(element)) return OnDialbackElement(element);
    return OnSaslElement(element);
  }
  OnCleartextElement(element, rest);
}

void IngressStream::State::OnEvent(StreamReader::End, std::string_view) {
  std::string bytes = header_sent_ ? "" : OurHeader();
  bytes += kStreamClose;
  Send(std::move(bytes));
  End({{}, {}, std::string(ToString(CloseReason::kClosed)), ""});
}

void IngressStream::State::OnEvent(const StreamError& error, std::string_view) {
  Fail(error, CloseReason::kBadStream);
}

void IngressStream::State::OnPeerError(const StreamError& error) {
  Send(std::string(kStreamClose));
  End({error, {}, std::string(ToString(CloseReason::kPeerError)), error.text});
}

// The cleartext header and the one inside TLS. What the first says serves as a
// hint for the certificate and is forgotten.
void IngressStream::State::OnOpeningHeader() {
  if (auto error = CheckHeader(header_)) {
    return Fail(*std::move(error), CloseReason::kBadStream);
  }
  if (header_.from) {  // it may be missing
    auto from = ReadAddress("from", *header_.from);
    if (!from) return Fail(from.error(), CloseReason::kBadAddress);
    from_ = *std::move(from);
  }
  if (!header_.to) {
    return Fail({StreamCondition::kImproperAddressing,
                 "the stream header has no 'to': name the domain you want"},
                CloseReason::kBadAddress);
  }
  auto to = ReadAddress("to", *header_.to);
  if (!to) return Fail(to.error(), CloseReason::kBadAddress);
  to_ = *std::move(to);
  Enter(Phase::kAddressee);
  actions_.Push(action::LookUp{kHeaderPair, *to_, from_});
}

// B3, H-11: whoever was asked for by SNI is who is talked to. What was asked
// for in cleartext does not count (L-01).
bool IngressStream::State::IsServed(const Addressee& addressee) const {
  return addressee.kind == Addressee::Kind::kTenant &&
         (!tls_.served_by_sni || tls_.served_tenant.empty() ||
          tls_.served_tenant == addressee.tenant);
}

void IngressStream::State::OnAddressee(PairNumber number,
                                       const Addressee& addressee) {
  if (auto* pair = pairs_.Find(number, IngressPair::Stage::kAddressee)) {
    return OnPairAddressee(*pair, addressee);
  }
  if (number != kHeaderPair || phase_ != Phase::kAddressee) return;
  addressee_ = addressee;
  if (!IsServed(addressee)) {
    return Fail({StreamCondition::kHostUnknown,
                 to_->ascii() + (addressee.kind == Addressee::Kind::kTenant
                                     ? " is not who was asked for by SNI"
                                     : " is not served here")},
                CloseReason::kBadAddress);
  }
  to_is_tenant_ = true;
  if (from_ && addressee.from_is_hosted) {  // A-20, D3
    return Refuse(
        {StreamCondition::kInvalidFrom,
         from_->ascii() + " is served here and cannot come from elsewhere"},
        SaslCondition::kInvalidAuthzid, CloseReason::kBadAddress);
  }
  return secure_ ? OnSecureAddressee() : OfferTls();
}

void IngressStream::State::OfferTls() {
  Send(OurHeader() + std::string(starttls::kFeatures));
  Enter(Phase::kStartTls);
  Resume();
}

void IngressStream::State::OnSecureAddressee() {
  if (!tls_.has_certificate && !addressee_.allows_dialback) {  // B-20
    return RefuseUnproven(
        {StreamCondition::kPolicyViolation,
         "no client certificate was presented: " + to_->ascii() +
             " accepts only servers that prove by a certificate who they are; "
             "present the one that your TLSA records match (RFC 7673)"});
  }
  offers_dialback_ = addressee_.allows_dialback;
  if (from_) return AskVerdict();
  return tls_.has_certificate ? OfferExternal() : OfferDialback();
}

void IngressStream::State::OnCleartextElement(const XmlElement& element,
                                              std::string_view rest) {
  if (element.Is(xmlns::kTls, "starttls")) return OnStartTls(rest);
  if (SaslRequestOf(element)) {
    return FailExchange(
        {SaslCondition::kEncryptionRequired, "use STARTTLS before SASL"});
  }
  OnStrayElement(element);
}

void IngressStream::State::OnStartTls(std::string_view rest) {
  if (!rest.empty()) {  // A-41, B1
    return Fail({StreamCondition::kPolicyViolation,
                 "data behind <starttls/>: wait for <proceed/>"},
                CloseReason::kInjection);
  }
  Send(std::string(starttls::kProceed));
  actions_.Push(action::StartTls{to_});
  reader_.reset();
  Enter(Phase::kHandshake);
}

void IngressStream::State::OnTlsEstablished(const TlsFacts& facts) {
  if (phase_ != Phase::kHandshake) return;
  secure_ = true;
  tls_ = facts;
  to_.reset();  // A-43, L-01
  from_.reset();
  to_is_tenant_ = false;
  addressee_ = {};
  sasl_failures_ = 0;
  NewStream();
  Enter(Phase::kSecureHeader);
}

// A first-level element that has no business before authentication.
void IngressStream::State::OnStrayElement(const XmlElement& element) {
  const std::string what = Quoted(element.local) + " in " + Quoted(element.uri);
  if (element.Is(xmlns::kTls, "starttls")) {
    Send(std::string(starttls::kFailure) + std::string(kStreamClose));
    return End({{},
                {},
                std::string(ToString(CloseReason::kBadStream)),
                "<starttls/> inside TLS"});
  }
  if (IsStanza(element)) {
    return Fail({StreamCondition::kNotAuthorized,
                 "authenticate before you send stanzas"},
                CloseReason::kBadStream);
  }
  if (element.uri == xmlns::kDialback && !secure_) {  // G-26, A-51
    return Fail(
        {StreamCondition::kPolicyViolation, "TLS is required: use STARTTLS"},
        CloseReason::kBadStream);
  }
  Fail({StreamCondition::kUnsupportedStanzaType, "nobody asked for " + what},
       CloseReason::kBadStream);
}

}  // namespace danegate
