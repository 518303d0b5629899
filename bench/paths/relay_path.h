// RelayPath is the way of a stanza through a shard: TLS of the peer, the
// established stream with its guard, TLS of the backend. Both other ends are
// here too, so that what arrives can be looked at.
//
// OnBytes() makes the calls that SecureLink, IngressSession, PairServices and
// EgressSession make, in their order. What is not in it: the sockets, and the
// look-ups of the pair and of the deadline, some ten nanoseconds.
//
// Thread: one owner. What should pass and does not ends the process.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/paths/served_stream.h"
#include "proxy/shard/inflow_limit.h"
#include "proxy/tls/client_context.h"
#include "proxy/tls/server_context.h"
#include "proxy/tls/tls_engine.h"

namespace danegate::bench {

class RelayPath {
 public:
  // Both handshakes are over, and the stream is established.
  RelayPath();

  // The peer's side: a stanza as reads of TcpLink bring it, which are to be
  // given to OnBytes() in order.
  std::vector<std::string> Seal(std::string_view stanza);

  // The edge: from a read of the peer's socket to the write of the backend's.
  void OnBytes(std::string_view ciphertext);

  // One stanza from end to end: the backend reads what the peer wrote, octet by
  // octet. REQUIRES: no OnBytes() before it, since the backend has to read
  // every record.
  void CheckArrival(std::string_view stanza);

  std::size_t stanzas() const { return stream_.stanzas(); }
  // Plaintext and ciphertext for the backend.
  std::size_t relayed() const { return relayed_; }
  std::size_t written() const { return written_; }

 private:
  void OnPlaintext(std::span<const std::byte>);
  void Relay(std::span<const std::byte> stanzas);

  const ServerContext edge_server_;
  const ClientContext edge_client_;
  const ClientContext peer_context_;
  const ServerContext backend_context_;
  StreamIds ids_;
  ServedStream stream_;
  InflowLimit inflow_;
  TlsEngine peer_, ingress_, egress_, backend_;
  bool keeps_ = false;  // what is written, for the backend
  std::string kept_;
  std::size_t relayed_ = 0;
  std::size_t written_ = 0;
};

}  // namespace danegate::bench
