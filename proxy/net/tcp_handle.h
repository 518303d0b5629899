// The libuv side of TcpLink, shared with Listener, which accepts into one.
// Private to proxy/net.
#pragma once

#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proxy/net/address.h"
#include "proxy/net/tcp_link.h"

namespace danegate {

struct TcpLink::Handle {
  explicit Handle(Loop& loop);

  void StartReading();  // once connected
  void Poll();
  void OnConnectResult(int status);
  void OnReadResult(std::ptrdiff_t count);
  void OnWritten(int status);
  void Flush();
  void Close(const std::string& error);
  // Null where it cannot be found out.
  const SocketAddress* Local();
  void SetRemote(const SocketAddress&);
  // Gives up the owner: what is queued is still sent, and what arrives is
  // thrown away until the other side closes too, for at most kLinger. Without
  // that, a close with unread octets would cut off our last words (an error, a
  // close_notify) with a reset.
  void Release();
  void OnLingerTick();
  void Shutdown();
  void CloseAndDelete();

  static constexpr std::uint64_t kLingerMs = 2000;
  // And for so many times kLinger while something is still to be sent.
  static constexpr int kMaxLingerTicks = 5;
  // Idle seconds before the other side is asked whether it is still there, and
  // how often at what distance. So one that has vanished is noticed within a
  // minute and ten seconds: an established stream may be idle for ever,
  // and holds a place of its tenant.
  static constexpr int kKeepAliveSeconds = 60;
  static constexpr int kKeepAliveInterval = 1;
  static constexpr int kKeepAliveProbes = 10;

  uv_tcp_t tcp;
  uv_timer_t linger;
  LinkOwner* owner = nullptr;  // null once the link is destroyed
  bool reading = false;        // or will be, once connected
  bool connected = false;
  bool closed = false;
  bool lingering = false;
  int linger_ticks = 0;
  bool writing = false;              // `in_flight` belongs to libuv
  std::vector<std::byte> queued;     // to be written next
  std::vector<std::byte> in_flight;  // being written
  std::optional<SocketAddress> remote;
  std::optional<SocketAddress> local;
  std::string remote_text;
  uv_connect_t connect_request{};
  uv_write_t write_request{};
};

}  // namespace danegate
