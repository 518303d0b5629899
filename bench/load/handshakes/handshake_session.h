// HandshakeSession is one TLS handshake with a server, up to the server's word
// on it: TCP, the stream header and <starttls/> where wanted, TLS,
// close_notify, and the answer to that.
//
// With TLS 1.3 a client is done before the server has seen the certificate that
// it shows (RFC 8446 4.4.4), so that one which is refused has had its handshake
// all the same. Hence it counts only when the server has answered our
// close_notify in order: with its own, or with the end of the connection. An
// alert in its place is why the handshake has failed; so is a connection that
// is torn down, where no data came with it: then libuv tells of an end.
//
// It joins a TcpLink, a TlsEngine and a ProbeStream: a SecureLink hears nothing
// after its close. Lifetime: may be destroyed at any time but within
// `on_ended`. Thread: the loop's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bench/load/peers/peer_set.h"
#include "proxy/net/address.h"
#include "proxy/net/tcp_link.h"
#include "proxy/tls/tls_engine.h"
#include "proxy/xmpp/outbound_settings.h"
#include "proxy/xmpp/probe_stream.h"
#include "verifier/certificate.h"
#include "verifier/instant.h"

namespace danegate {

class ClientContext;
class Loop;

class HandshakeSession final : private LinkOwner {
 public:
  enum class Step { kConnect, kStartTls, kTls, kAnswer };

  // `peer` is who we are, and what is presented where the server asks for it;
  // `wanted` goes into SNI. `on_ended` is called once, never from within
  // Start().
  HandshakeSession(const ClientContext&, const LoadPeer& peer,
                   const Domain& wanted, bool direct_tls,
                   std::function<void()> on_ended);

  // Begins to connect; ends at `until` at the latest, if OnDeadline() says so.
  // The result says why not even that could be tried, and is empty otherwise.
  std::string Start(Loop&, const SocketAddress&, Instant until);
  void OnDeadline(Instant now);

  // How far it has come.
  Step step() const { return step_; }
  // Once it has ended: why it has failed, a sentence; empty if it has not.
  const std::string& error() const { return error_; }
  // What the server presented, and when TLS was up on our side; meaningful
  // without an error.
  const CertificateChain& chain() const { return chain_; }
  Instant secured_at() const { return secured_at_; }

 private:
  void OnConnected() override;
  void OnBytes(std::span<const std::byte>) override;
  void OnDrained() override {}
  void OnLinkClosed(const std::string& error) override;

  void Settle();
  void Carry(const Action&);
  void OnCiphertext(std::span<const std::byte>);
  void OnSecured();
  void FlushTls();
  void End(std::string error);

  const ClientContext& context_;
  const std::shared_ptr<const Credential> credential_;
  const OutboundSettings between_;
  const std::function<void()> on_ended_;
  std::unique_ptr<TcpLink> link_;
  std::optional<ProbeStream> stream_;  // up to TLS
  std::optional<TlsEngine> tls_;
  Step step_ = Step::kConnect;
  bool over_ = false;
  CertificateChain chain_;
  Instant secured_at_;
  std::string error_;
};

// "connect", "STARTTLS", …
std::string_view ToString(HandshakeSession::Step);

}  // namespace danegate
