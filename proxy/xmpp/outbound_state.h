// OutboundState is what our streams towards other servers have in common: the
// way to the header inside TLS (header, STARTTLS or direct TLS), errors, and
// the close. What follows is each stream's own: EgressStream, AuthorityStream;
// a ProbeStream ends there.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/xmpp/action_queue.h"
#include "proxy/xmpp/close_reason.h"
#include "proxy/xmpp/outbound_settings.h"
#include "proxy/xmpp/stream_header.h"
#include "proxy/xmpp/stream_reader.h"
#include "verifier/instant.h"

namespace danegate {

// Where an outbound stream stands. In order, kHeader and kProceed with STARTTLS
// only; kHandOff and kAuth to kEstablished are an EgressStream's, kJudgement
// and kKey an AuthorityStream's.
enum class OutboundPhase {
  kConnect,
  kHandOff,  // awaits the other side of a hand-off without TLS and SASL
  kHeader,   // awaits the server's header and features
  kProceed,
  kHandshake,
  kJudgement,  // awaits our owner's word on the server's certificate
  kSecureHeader,
  kAuth,
  kReady,    // awaits Restart()
  kRestart,  // awaits the header and features of the authenticated stream
  kEstablished,
  kKey,  // awaits the answer to <db:verify/>
  kFinishing,
  kClosed,
};

// What the phase waits for, for logs.
std::string AwaitedIn(OutboundPhase);

class OutboundState {
 public:
  // Every input begins with it; false if the stream is over.
  bool Begin(Instant now);

  void OnConnected();
  void OnBytes(std::string_view);
  void OnTlsEstablished();
  void OnClosed(bool clean);
  void OnDeadline();
  void Finish();

  ActionQueue& actions() { return actions_; }
  Instant deadline() const { return deadline_; }

 protected:
  using Phase = OutboundPhase;

  // `ends` is when the stream must be over, whatever its phase.
  OutboundState(const OutboundSettings&, Instant now, Instant ends);
  ~OutboundState() = default;

  void Enter(Phase);
  void Send(std::string_view bytes);
  void SendHeader(const HeaderDeclarations&, const XmlLimits&);
  // Gives up; `detail` says what was expected and what came.
  void Fail(CloseReason, std::string detail);
  void End(CloseReason, std::optional<StreamError>, std::optional<SaslFailure>,
           std::string detail);
  void OnUnexpected(const XmlElement&);
  // From now on only errors and the end are read, by a parser that is there
  // while something is being read (P4).
  void ReadErrorsOnly();

  Phase phase() const { return phase_; }
  const OutboundSettings& settings() const { return settings_; }

 private:
  // --- each stream's own
  // The server's features are without STARTTLS: fail closed.
  virtual void OnNoStartTls() = 0;
  // TLS is up.
  virtual void OnSecured() = 0;
  // Features and every other element from kSecureHeader on.
  virtual void OnSecureElement(const XmlElement&) = 0;
  // Before Close goes out; phase() is still the one that it came in.
  virtual void OnEnding(CloseReason, const std::optional<StreamError>&) {}
  // Octets have come in.
  virtual void OnReceived(std::size_t) {}

  void OnEvent(const StreamHeader&, std::string_view rest);
  void OnEvent(const XmlElement&, std::string_view rest);
  void OnEvent(StreamReader::End, std::string_view rest);
  void OnEvent(const StreamError&, std::string_view rest);
  void OnClearElement(const XmlElement&, std::string_view rest);
  void OnTlsAnswer(const XmlElement&, std::string_view rest);
  void OnServerError(const StreamError&);
  // Our header is out, and TLS has not begun since.
  bool IsOpen() const { return reader_ || errors_only_; }
  void WakeReader();
  void RestReader();

  const OutboundSettings settings_;
  const Instant ends_;
  ActionQueue actions_;
  Phase phase_ = Phase::kConnect;
  Instant now_;
  Instant deadline_;
  // From our header on, of each stream anew; while errors are all that is read,
  // from time to time.
  std::optional<StreamReader> reader_;
  bool errors_only_ = false;
  std::string scope_;  // of the server's last header
};

}  // namespace danegate
