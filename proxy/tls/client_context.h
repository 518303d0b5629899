// ClientContext is the TLS configuration towards a backend: TLS 1.2 and 1.3, no
// session reuse, the chain limits of the listeners. Whether the backend's
// certificate is good is asked of peer_chain() after the handshake.
//
// Thread: one owner's (a shard's, the health prober's, a command's), as are the
// engines that are made of it.
#pragma once

#include <openssl/ssl.h>

namespace danegate {

class ClientContext {
 public:
  ClientContext();
  ~ClientContext();
  ClientContext(const ClientContext&) = delete;
  ClientContext& operator=(const ClientContext&) = delete;

  // Borrowed, for tls_engine.cc.
  SSL_CTX* get() const;

 private:
  bssl::UniquePtr<SSL_CTX> context_;
};

}  // namespace danegate
