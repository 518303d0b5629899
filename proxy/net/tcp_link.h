// TcpLink is one TCP connection: bytes in to its owner, bytes out with
// back-pressure. No TLS, no XML.
//
// Writes go to the kernel at once where it takes them; the rest is queued, and
// unsent() says how much. The owner stops reading its other side while too much
// is queued (E3) and resumes in OnDrained().
//
// Lifetime: a link may be destroyed at any time but within its owner's On…();
// nothing is called afterwards, and what was written is still sent as long as
// the other side takes it within ten seconds. Thread: the loop's.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "proxy/net/address.h"
#include "verifier/result.h"

namespace danegate {

class Loop;

// What happens on a link. Bytes are valid during the call only.
class LinkOwner {
 public:
  virtual void OnConnected() = 0;  // after Connect()
  virtual void OnBytes(std::span<const std::byte>) = 0;
  virtual void OnDrained() = 0;  // unsent() fell to zero
  // The other side is gone: end of file if `error` is empty, else why. At most
  // once; no OnBytes() follows.
  virtual void OnLinkClosed(const std::string& error) = 0;

 protected:
  ~LinkOwner() = default;
};

class TcpLink {
 public:
  // Octets read at once, and so the most that arrives in one OnBytes() (E3).
  static constexpr std::size_t kReadSize = 32 * 1024;

  // Connects to `address`; OnConnected() or OnLinkClosed() follows, never from
  // within. The error says why not even an attempt could be made.
  static Result<std::unique_ptr<TcpLink>, std::string> Connect(
      Loop&, LinkOwner&, const SocketAddress& address);
  ~TcpLink();
  // Of links that have been destroyed on this loop: whether one is still
  // sending its last words; and cuts them off.
  static bool IsAnyLingering(Loop&);
  static void CutOffLingering(Loop&);
  TcpLink(const TcpLink&) = delete;
  TcpLink& operator=(const TcpLink&) = delete;

  // Accepted links start paused, so that the owner can get ready.
  void Resume();
  void Pause();
  bool paused() const;

  // Takes all of it. Ignored once the link is closed.
  void Write(std::span<const std::byte>);
  std::size_t unsent() const;

  // The other end; "" where it could not be found out.
  const std::string& remote() const;
  const SocketAddress* remote_address() const;
  const SocketAddress* local_address() const;

 private:
  friend class Listener;
  struct Handle;
  explicit TcpLink(Handle* handle) : handle_(handle) {}

  Handle* handle_;
};

}  // namespace danegate
