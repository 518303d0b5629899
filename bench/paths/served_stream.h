// ServedStream is an inbound stream for which all goes well at once: the tenant
// is known, the verdict proves, the backend is ready. It takes the place of
// IngressSession and PairServices around the engine, and keeps nothing.
//
//   ServedStream served;
//   Establish(served);                  what a peer says until stanzas may flow
//   served.Peer(bytes, now, [](std::span<const std::byte> stanzas) { … });
//
// Thread: one owner. A stream that does not do what it is asked for ends the
// process: nobody measures it.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "proxy/shard/stream_ids.h"
#include "proxy/xmpp/ingress_stream.h"
#include "verifier/check.h"
#include "verifier/verdict.h"

namespace danegate::bench {

class ServedStream {
 public:
  static constexpr Instant kStart{std::chrono::hours(1)};

  // `ids` outlives it.
  explicit ServedStream(StreamIds& ids, Instant now = kStart)
      : stream_({.direct_tls = false, .edge_name = "edge.example"}, ids, now) {}

  // One input of the peer. `relay` gets what passes, for the call.
  template <typename Relay>
  void Peer(std::span<const std::byte> bytes, Instant now, const Relay& relay) {
    stream_.OnPeerBytes(bytes, now);
    while (const auto action = stream_.NextAction()) {
      if (const auto* run = std::get_if<action::Relay>(&*action)) {
        stanzas_ += run->stanzas;
        relay(run->bytes);
      } else {
        Answer(*action, now);
      }
    }
  }
  // An input of the negotiation: nothing passes.
  void Peer(std::string_view text, Instant now);
  void TlsEstablished(Instant now);

  bool established() const { return stream_.established(); }
  // Those that passed.
  std::size_t stanzas() const { return stanzas_; }
  // Octets for the peer.
  std::size_t sent() const { return sent_; }

 private:
  void Drain(Instant now);
  void Answer(const Action&, Instant now);

  IngressStream stream_;
  std::size_t stanzas_ = 0;
  std::size_t sent_ = 0;
};

// From the first octet to the established stream, each of the peer's steps an
// input: header, STARTTLS, header, EXTERNAL, header.
void Establish(ServedStream&, Instant now = ServedStream::kStart);

}  // namespace danegate::bench
