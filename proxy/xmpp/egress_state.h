// The inside of EgressStream; for egress_*.cc only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proxy/xmpp/action_queue.h"
#include "proxy/xmpp/close_reason.h"
#include "proxy/xmpp/egress_stream.h"
#include "proxy/xmpp/stream_header.h"
#include "proxy/xmpp/stream_reader.h"

namespace danegate {

// Where an outbound stream stands. In order, kHeader and kProceed with STARTTLS
// only.
enum class EgressPhase {
  kConnect,
  kHeader,  // awaits the server's header and features
  kProceed,
  kHandshake,
  kSecureHeader,
  kAuth,
  kReady,    // awaits Restart()
  kRestart,  // awaits the server's header and features again
  kEstablished,
  kFinishing,
  kClosed,
};

class EgressStream::State {
 public:
  State(const EgressSettings&, Instant now);

  // Every input begins with it; false if the stream is over.
  bool Begin(Instant now);

  // egress_stream.cc
  void OnConnected();
  void OnTlsEstablished();
  void OnClosed(bool clean);
  void OnDeadline();
  void Restart(const HeaderDeclarations&);
  void Finish();
  // egress_negotiation.cc
  void OnBytes(std::string_view);

  ActionQueue& actions() { return actions_; }
  Instant deadline() const { return deadline_; }

 private:
  using Phase = EgressPhase;

  // egress_stream.cc
  void Enter(Phase);
  void Send(std::string_view bytes);
  void SendHeader(const HeaderDeclarations&, const XmlLimits&);
  // Gives up; `detail` says what was expected and what came.
  void Fail(CloseReason, std::string detail);
  void End(CloseReason, std::optional<StreamError>, std::optional<SaslFailure>,
           std::string detail);

  // egress_negotiation.cc
  void OnEvent(const StreamHeader&, std::string_view rest);
  void OnEvent(const XmlElement&, std::string_view rest);
  void OnEvent(StreamReader::End, std::string_view rest);
  void OnEvent(const StreamError&, std::string_view rest);
  void OnFeatures(const XmlElement&);
  void OnTlsAnswer(const XmlElement&, std::string_view rest);
  void OnSaslAnswer(const XmlElement&);
  void OnServerError(const StreamError&);
  void OnUnexpected(const XmlElement&);

  const EgressSettings settings_;
  ActionQueue actions_;
  Phase phase_ = Phase::kConnect;
  Instant now_;
  Instant deadline_;
  std::optional<StreamReader> reader_;
};

// What the phase waits for, for logs.
std::string_view AwaitedIn(EgressPhase);

}  // namespace danegate
