#include "bench/paths/relay_path.h"

#include <array>
#include <optional>
#include <utility>

#include "proxy/net/tcp_link.h"
#include "proxy/xmpp/bytes.h"
#include "tests/tls/tls_pair.h"
#include "verifier/clock.h"

namespace danegate::bench {
namespace {

thread_local std::array<std::byte, 16 * 1024> plaintext;  // as SecureLink's

bool IsOpen(const TlsEngine& engine) {
  return engine.state() == TlsEngine::State::kOpen;
}

}  // namespace

RelayPath::RelayPath()
    : edge_server_(test::Serve(test::SelfSigned("tenant.example"))),
      backend_context_(test::Serve(test::SelfSigned("tenant.example"))),
      stream_(ids_, MonotonicNow()),
      peer_(TlsEngine::Connect(peer_context_, test::SelfSigned("peer.example"),
                               test::Name("tenant.example"), false)),
      ingress_(TlsEngine::Accept(edge_server_, std::nullopt, false)),
      egress_(TlsEngine::Connect(edge_client_, test::SelfSigned("peer.example"),
                                 test::Name("tenant.example"), false)),
      backend_(TlsEngine::Accept(backend_context_, std::nullopt, false)) {
  test::Shuttle(peer_, ingress_);
  test::Shuttle(egress_, backend_);
  DANEGATE_CHECK(IsOpen(peer_) && IsOpen(ingress_));
  DANEGATE_CHECK(IsOpen(egress_) && IsOpen(backend_));
  Establish(stream_, MonotonicNow());
}

std::vector<std::string> RelayPath::Seal(std::string_view stanza) {
  test::Write(peer_, stanza);
  const std::string sealed = test::TakeCiphertext(peer_);
  std::vector<std::string> reads;
  for (std::size_t at = 0; at < sealed.size(); at += TcpLink::kReadSize) {
    reads.push_back(sealed.substr(at, TcpLink::kReadSize));
  }
  return reads;
}

// SecureLink::OnBytes() and DrainTls().
void RelayPath::OnBytes(std::string_view ciphertext) {
  ingress_.OnCiphertext(AsBytes(ciphertext));
  DANEGATE_CHECK(ingress_.waits_for() == 0);
  while (const std::size_t count = ingress_.Read(plaintext)) {
    OnPlaintext(std::span(plaintext).first(count));
  }
  DANEGATE_CHECK(ingress_.ciphertext().empty());
  DANEGATE_CHECK(IsOpen(ingress_));
}

// IngressSession::OnPlaintext(), Settle() and Pace().
void RelayPath::OnPlaintext(std::span<const std::byte> bytes) {
  const Instant now = MonotonicNow();
  inflow_.Take(bytes.size(), now);
  stream_.Peer(bytes, now,
               [this](std::span<const std::byte> run) { Relay(run); });
  DANEGATE_CHECK(inflow_.open_at() <= now);
}

// EgressSession::Relay(); SecureLink::Write() and FlushTls().
void RelayPath::Relay(std::span<const std::byte> stanzas) {
  egress_.Write(stanzas);
  const auto sealed = egress_.ciphertext();
  if (keeps_) kept_ += AsText(sealed);
  relayed_ += stanzas.size();
  written_ += sealed.size();
  egress_.ConsumeCiphertext(sealed.size());
}

void RelayPath::CheckArrival(std::string_view stanza) {
  keeps_ = true;
  for (const auto& read : Seal(stanza)) OnBytes(read);
  keeps_ = false;
  test::Feed(backend_, std::exchange(kept_, {}));
  DANEGATE_CHECK(test::ReadAll(backend_) == stanza);
}

}  // namespace danegate::bench
