// SecureLink is a TCP connection that may get TLS on top: the owner writes and
// reads plaintext, before and after. It joins proxy/net and proxy/tls.
//
// Lifetime: may be destroyed at any time but within the owner's On…(). What was
// written is still sent, if the other side takes it (tcp_link.h). Thread: the
// loop's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "proxy/net/tcp_link.h"
#include "proxy/tls/tls_engine.h"

namespace danegate {

// How a connection ended.
struct LinkEnd {
  // The other side said close_notify, or closed a cleartext connection in
  // order: nothing was cut off.
  bool clean = false;
  bool tls_failed = false;
  std::string error;  // a sentence; empty for a plain end of file
};

class SecureLinkOwner {
 public:
  virtual void OnConnected() = 0;
  // Our handshake stands still (TlsEngine::waits_for()) until Resume().
  virtual void OnTlsWaits(std::uint64_t) {}
  virtual void OnTlsEstablished() = 0;
  virtual void OnPlaintext(std::span<const std::byte>) = 0;
  virtual void OnDrained() = 0;
  // At most once, and the last.
  virtual void OnEnded(const LinkEnd&) = 0;

 protected:
  ~SecureLinkOwner() = default;
};

class SecureLink final : public LinkOwner {
 public:
  explicit SecureLink(SecureLinkOwner& owner) : owner_(owner) {}
  ~SecureLink() { Close(); }
  SecureLink(const SecureLink&) = delete;
  SecureLink& operator=(const SecureLink&) = delete;

  // Once, before anything else.
  void Attach(std::unique_ptr<TcpLink> link) { link_ = std::move(link); }

  // From here on the bytes of the link are TLS.
  void StartTls(TlsEngine);
  // What the handshake waits for may be there.
  void Resume();
  // REQUIRES: no TLS, or its handshake is over. Ignored after Close(). What is
  // written within one of the owner's On…() is sent as one at its end.
  void Write(std::span<const std::byte>);
  // Says close_notify where TLS is up. Nothing is reported any more.
  void Close();

  TcpLink& link() { return *link_; }
  const TcpLink& link() const { return *link_; }
  // Null before StartTls().
  const TlsEngine* tls() const { return tls_ ? &*tls_ : nullptr; }

 private:
  void OnConnected() override;
  void OnBytes(std::span<const std::byte>) override;
  void OnDrained() override;
  void OnLinkClosed(const std::string& error) override;

  void DrainTls();
  void FlushTls();
  bool CanWriteTls() const;
  void End(LinkEnd);

  SecureLinkOwner& owner_;
  std::unique_ptr<TcpLink> link_;
  std::optional<TlsEngine> tls_;
  bool draining_ = false;  // DrainTls() will flush
  bool tls_established_ = false;
  bool ended_ = false;   // nothing is reported any more
  bool closed_ = false;  // nothing is sent any more
};

}  // namespace danegate
