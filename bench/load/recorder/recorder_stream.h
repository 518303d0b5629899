// RecorderStream is a stream towards a server that takes everything: header,
// STARTTLS, header, EXTERNAL, header, and then marked stanzas. It believes the
// other side; who may connect is not its concern. Sans-IO, with the contract of
// IngressStream (proxy/xmpp); its actions are Send, StartTls and Close.
//
// Life: OnBytes() -> StartTls -> OnTlsEstablished() -> OnBytes() … -> Close.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/stanzas/stanza_framer.h"
#include "proxy/xmpp/action_queue.h"
#include "proxy/xmpp/stream_reader.h"

namespace danegate {

class RecorderStream {
 public:
  explicit RecorderStream(bool direct_tls);

  void OnBytes(std::string_view bytes);
  void OnTlsEstablished();

  std::optional<Action> NextAction() { return actions_.Pop(); }

  // The stanzas that the last input completed.
  const std::vector<StanzaMark>& arrived() const { return framer_.arrived(); }
  // Whether EXTERNAL has succeeded and the stream was opened again.
  bool open() const { return phase_ == Phase::kOpen; }
  // Why it has ended, if that was no orderly close.
  const std::string& error() const { return error_; }

 private:
  enum class Phase {
    kHeader,
    kStartTls,  // awaits <starttls/>
    kHandshake,
    kSecureHeader,
    kAuth,
    kRestart,
    kOpen,
    kClosed,
  };

  void Read(std::string_view bytes);
  void OnEvent(const StreamHeader&);
  void OnEvent(const XmlElement&);
  void OnEvent(const StreamReader::End&);
  void OnEvent(const StreamError&);
  void OnStanzas(std::string_view bytes);
  void Enter(Phase, bool new_stream);
  void Send(std::string bytes) {
    actions_.Push(action::Send{std::move(bytes)});
  }
  void End(std::string error);

  ActionQueue actions_;
  Phase phase_;
  std::optional<StreamReader> reader_;
  StanzaFramer framer_;
  std::string error_;
};

}  // namespace danegate
