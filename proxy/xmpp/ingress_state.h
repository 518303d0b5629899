// The inside of IngressStream; for ingress_*.cc only.
//
// What arrives while we wait for our owner is held, bounded by
// kNegotiationBytes, and read when the wait is over.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/xmpp/action_queue.h"
#include "proxy/xmpp/close_reason.h"
#include "proxy/xmpp/ingress_phase.h"
#include "proxy/xmpp/ingress_stream.h"
#include "proxy/xmpp/pair_table.h"
#include "proxy/xmpp/sasl_external.h"
#include "proxy/xmpp/stanza_guard.h"
#include "proxy/xmpp/stream_header.h"
#include "proxy/xmpp/stream_reader.h"

namespace danegate {

class IngressStream::State {
 public:
  using Phase = IngressPhase;

  State(const IngressSettings&, IdSource&, Instant now);

  // ingress_stream.cc
  void OnDeadline();
  void OnPeerClosed(bool clean);
  // ingress_header.cc
  void OnPeerBytes(std::string_view);
  void OnTlsEstablished(const TlsFacts&);
  void OnAddressee(PairNumber, const Addressee&);
  // ingress_auth.cc
  void OnVerdict(PairNumber, const Verdict&);
  void OnBackendReady(PairNumber);
  void OnBackendFailed(PairNumber, const BackendFailure&);
  // ingress_dialback.cc
  void OnDialback(PairNumber, const DialbackResult&);
  void OnKeyChecked(KeyTicket, KeyAnswer);
  // ingress_relay.cc
  void OnBackendFeatures(PairNumber, const std::string& xml);
  void OnBackendClosed(PairNumber, const std::optional<StreamError>&);
  void OnReverified(const Verdict&);
  void OnHostGone(PairNumber);
  void OnReset(const std::string& why);
  void OnDrain();
  void Rest();

  // Every input begins with it; false if the stream is over.
  bool Begin(Instant now);

  ActionQueue& actions() { return actions_; }
  Phase phase() const { return phase_; }
  Instant deadline() const {
    if (phase_ == Phase::kClosed) return Instant::Never();
    return std::min(deadline_, pairs_.deadline());
  }
  Instant rest_at() const { return rest_at_; }
  const std::string& id() const { return id_; }

 private:
  // The leg of the header's pair, before its pair is in pairs_.
  enum class BackendState { kNone, kOpening, kReady, kFailed };
  struct KeyQuestion {
    KeyTicket ticket;
    DialbackElement request;
  };

  // ingress_stream.cc
  void Enter(Phase);
  void Send(std::string bytes);
  std::string OurHeader();
  // Our header, and features with this inside.
  void SendFeatures(const std::string& xml);
  // Ends the stream with an error, our header before it if need be.
  void Fail(StreamError, CloseReason, std::string detail = "");
  void FailAuth(SaslFailure, CloseReason, std::string detail = "");
  // As FailAuth() while EXTERNAL is being decided, else as Fail().
  void Refuse(StreamError, SaslCondition, CloseReason);
  void End(action::Close);

  // ingress_header.cc
  void Read(std::string_view input);
  void Resume();
  void NewStream();
  void OnEvent(StreamHeader&, std::string_view rest);
  void OnEvent(const XmlElement&, std::string_view rest);
  void OnEvent(StreamReader::End, std::string_view rest);
  void OnEvent(const StreamError&, std::string_view rest);
  void OnOpeningHeader();
  void OnStartTls(std::string_view rest);
  void OnStrayElement(const XmlElement&);
  void OnCleartextElement(const XmlElement&, std::string_view rest);
  void OnPeerError(const StreamError&);
  void OfferTls();
  bool IsServed(const Addressee&) const;
  void OnSecureAddressee();

  // ingress_auth.cc
  void AskVerdict();
  void OfferExternal();
  void OfferDialback();
  void RefuseUnproven(StreamError);
  void OnProven(const Verdict&);
  void OnSaslElement(const XmlElement&);
  void OnAuth(const XmlElement&);
  void OnResponse(std::string_view text);
  void OnAuthzid(std::optional<Domain>);
  void FailExchange(SaslFailure);
  void AwaitBackend();
  void Succeed();

  // ingress_dialback.cc
  void OnDialbackElement(const XmlElement&);
  void OnKeysElement(const XmlElement&);
  bool CountDialbackElement();
  void OnResultRequest(DialbackElement);
  void OnVerifyRequest(DialbackElement);
  void Answer(std::string bytes);
  void OnInvalidKey(const IngressPair&);

  // ingress_pairs.cc
  bool IsHeaderPair(const DialbackElement&) const;
  void AskForHeaderPair(DialbackElement);
  void AskForPair(DialbackElement);
  void OnPairAddressee(IngressPair&, const Addressee&);
  void OnPairVerdict(IngressPair&, const Verdict&);
  void OnPairJudgedAgain(IngressPair&, const Verdict&);
  void OpenPair(IngressPair&, ProvenDomain);
  void OnPairReady(IngressPair&);
  void OnPairFeatures(IngressPair&);
  void Validate(IngressPair&);
  void OnPairFailed(IngressPair&, const BackendFailure&);
  void ExpirePair(IngressPair&);
  void FailPair(IngressPair&, DialbackError);
  void EstablishByDialback();

  // ingress_relay.cc
  void OnRestartHeader();
  std::optional<StreamError> CheckRestart() const;
  void Establish();
  void Guard(std::string_view bytes);
  void RelayRuns(std::size_t begin, std::size_t end);
  void OnGuardEnd(const StanzaGuard::End&);
  bool Loses(const Verdict&) const;
  void BeginClosing(StreamError, CloseReason);

  const IngressSettings settings_;
  IdSource& ids_;
  ActionQueue actions_;
  Phase phase_ = Phase::kHeader;
  Instant now_;
  Instant deadline_;
  const Instant life_ends_;  // of an unauthenticated stream (E1)

  // The stream at hand: replaced at every restart.
  std::optional<StreamReader> reader_;
  StreamHeader header_;
  bool header_sent_ = false;
  std::string id_;
  std::string held_;      // arrived while waiting
  std::string partial_;   // of the element at hand, fed to reader_
  std::string replayed_;  // what was held, while its stanzas are relayed
  std::size_t negotiated_ = 0;

  // Forgotten when TLS is up.
  std::optional<Domain> to_;
  std::optional<Domain> from_;
  bool from_was_missing_ = false;  // it comes from the authzid (B-11)
  bool to_is_tenant_ = false;
  Addressee addressee_;

  bool secure_ = false;
  TlsFacts tls_;
  bool challenged_ = false;      // an empty challenge awaits its response
  bool authenticating_ = false;  // EXTERNAL is being decided
  int sasl_failures_ = 0;
  std::optional<ProvenDomain> proven_;
  Instant proof_expires_;  // L-04
  BackendState backend_ = BackendState::kNone;
  std::string backend_detail_;  // why it failed, for the log
  std::string backend_text_;    // and for the peer
  std::optional<StanzaGuard> guard_;
  Instant last_input_;  // of the guard
  Instant rest_at_ = Instant::Never();
  action::Close ending_;  // of a stream in kClosing

  bool offers_dialback_ = false;
  StreamError refusal_{};  // of a peer in kKeys
  PairTable pairs_;
  std::vector<KeyQuestion> key_questions_;
  KeyTicket last_ticket_ = 0;
  std::string late_answers_;  // while there is no stream to send them on
  int dialback_elements_ = 0;
  Instant dialback_since_;
};

// Why a verdict is no good, for the peer.
std::string TextOf(const Verdict&);
// Why there is no backend; the peer does not learn our addresses.
std::string TextForPeer(const BackendFailure&, const Domain& tenant);

}  // namespace danegate
