// Listener accepts connections on one address for one shard. Every shard has
// its own, bound with SO_REUSEPORT, and the kernel spreads connections over
// them.
//
// The owner says how many connections it will take; at the limit the listener
// stops accepting, so that the rest wait in the kernel's queue instead of being
// accepted and dropped (E4). So it does for a while when the process has no
// file left to accept with (acceptor.h).
//
// Thread: the loop's.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "proxy/net/acceptor.h"
#include "proxy/net/address.h"
#include "proxy/net/tcp_link.h"
#include "verifier/result.h"

namespace danegate {

class Loop;

class Listener {
 public:
  // A new connection, paused; give it an owner with Adopt().
  using OnAccept = std::function<void(std::unique_ptr<TcpLink>)>;

  // No file or memory is left to accept with: a sentence, once until the next
  // connection is accepted.
  using OnExhausted = std::function<void(const std::string& why)>;

  // Binds and listens. Port 0 takes a free one: address() tells. The error says
  // which address and why.
  static Result<std::unique_ptr<Listener>, std::string> Open(
      Loop&, const SocketAddress&, OnAccept, OnExhausted = nullptr);
  // Why nobody could listen there alone: another process does already. Empty if
  // the address is free. (Open() shares it with whoever shares it.)
  static std::string WhyTaken(const SocketAddress&);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Takes connections again, or stops taking them.
  void SetAccepting(bool);
  // Whose events the link's are from now on.
  static void Adopt(TcpLink&, LinkOwner&);

  const SocketAddress& address() const { return address_; }

 private:
  Listener(Loop&, int fd, const SocketAddress&, OnAccept, OnExhausted);

  const SocketAddress address_;
  Acceptor acceptor_;
};

}  // namespace danegate
