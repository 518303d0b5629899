// EgressSession is the backend leg of one inbound stream: it connects, does TLS
// with a minted certificate and authenticates, or hands the stream off by a
// PROXY header (hand_off.h), and then carries stanzas.
//
// It joins a SecureLink with an EgressStream. Lifetime: may be destroyed at any
// time but within the owner's OnBackend…(). Thread: the shard's.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "proxy/shard/backend_trust.h"
#include "proxy/shard/secure_link.h"
#include "proxy/xmpp/egress_stream.h"
#include "tenants/tenant.h"
#include "verifier/credential.h"

namespace danegate {

class ClientContext;
class Loop;

class EgressOwner {
 public:
  virtual void OnBackendReady() = 0;
  virtual void OnBackendFeatures(const std::string& xml) = 0;
  virtual void OnBackendDrained() = 0;
  // The leg is over, before or after OnBackendReady().
  virtual void OnBackendEnded(const action::Close&) = 0;
  // The leg's deadline may have changed.
  virtual void OnBackendProgress() = 0;

 protected:
  ~EgressOwner() = default;
};

class EgressSession final : public SecureLinkOwner {
 public:
  struct Leg {
    const Backend* backend;  // of a tenant that outlives the session
    EgressSettings stream;
    // Minted for stream.from; null where there is no TLS.
    std::shared_ptr<const Credential> credential;
    std::string proxy_header;  // what goes in front of the stream; or empty
    // Who judges its certificate, where `backend` has roots; outlives it.
    BackendTrust* judge = nullptr;
  };

  EgressSession(EgressOwner&, const ClientContext&, Leg);

  // Begins to connect. The error says why not even that could be tried.
  std::string Start(Loop&);

  void Restart(const HeaderDeclarations&);
  void Relay(std::span<const std::byte>);
  void Finish();
  void OnDeadline(Instant now);

  // Whether there was a connection, whatever came of it.
  bool was_connected() const { return connected_; }
  Instant deadline() const { return stream_.deadline(); }
  std::size_t unsent() const { return link_.link().unsent(); }

 private:
  void OnConnected() override;
  void OnTlsEstablished() override;
  void OnPlaintext(std::span<const std::byte>) override;
  void OnDrained() override;
  void OnEnded(const LinkEnd&) override;

  void Settle();
  void Carry(const Action&);
  void End(action::Close);
  // Why the backend's certificate is not accepted, or empty.
  std::string WhyUntrusted() const;
  void Fail(const std::string& detail);

  EgressOwner& owner_;
  const ClientContext& context_;
  const Leg leg_;
  EgressStream stream_;
  SecureLink link_{*this};
  std::string link_error_;  // what the network said, for the detail
  bool connected_ = false;
  bool over_ = false;
};

}  // namespace danegate
