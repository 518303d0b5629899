// ProbeSession is one connection to a server, up to TLS and no further, to see
// the certificate that it shows.
//
// It joins a SecureLink with a ProbeStream. Lifetime: may be destroyed at any
// time but within `on_ended`. Thread: the loop's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "proxy/net/address.h"
#include "proxy/shard/secure_link.h"
#include "proxy/xmpp/probe_stream.h"
#include "verifier/certificate.h"
#include "verifier/credential.h"
#include "verifier/instant.h"

namespace danegate {

class ClientContext;
class Loop;

class ProbeSession final : public SecureLinkOwner {
 public:
  enum class Step { kConnect, kStartTls, kTls };

  // `credential` is presented where the server asks for one; it may be null.
  // `server_name` goes into SNI.
  // `on_ended` is called once, never from within Start().
  ProbeSession(const ClientContext&, std::shared_ptr<const Credential>,
               const OutboundSettings& between, Domain server_name,
               std::function<void()> on_ended);

  // Begins to connect; ends at `until` at the latest. The result says why not
  // even that could be tried, and is empty otherwise.
  std::string Start(Loop&, const SocketAddress&, Instant until);
  void OnDeadline(Instant now);
  Instant deadline() const;

  // How far it has come.
  Step step() const { return step_; }
  // What the server presented; empty if TLS was not reached.
  const CertificateChain& chain() const { return chain_; }
  // "TLSv1.3, TLS_AES_128_GCM_SHA256", with a chain.
  const std::string& tls() const { return tls_; }
  // When TLS was up; with a chain.
  Instant secured_at() const { return secured_at_; }
  // Once it has ended without a chain: a sentence.
  const std::string& error() const { return error_; }

 private:
  void OnConnected() override;
  void OnTlsEstablished() override;
  void OnPlaintext(std::span<const std::byte>) override;
  void OnDrained() override {}
  void OnEnded(const LinkEnd&) override;

  void Settle();
  void Carry(const Action&);
  void End(std::string error);

  const ClientContext& context_;
  const std::shared_ptr<const Credential> credential_;
  const OutboundSettings between_;
  const Domain server_name_;
  const std::function<void()> on_ended_;
  SecureLink link_{*this};
  std::optional<ProbeStream> stream_;
  Instant until_ = Instant::Never();
  Step step_ = Step::kConnect;
  CertificateChain chain_;
  std::string tls_;
  Instant secured_at_;
  std::string error_;
};

}  // namespace danegate
