#include "proxy/command/explain/peer_probe.h"

#include <algorithm>
#include <utility>

#include "proxy/net/address.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

constexpr std::chrono::milliseconds kTick{50};

std::vector<Endpoint> First(std::vector<Endpoint> endpoints) {
  while (endpoints.size() > PeerProbe::kMaxEndpoints) endpoints.pop_back();
  return endpoints;
}

}  // namespace

PeerProbe::PeerProbe(Loop& loop, const OutboundSettings& between,
                     std::vector<Endpoint> endpoints,
                     std::function<void()> on_done,
                     std::optional<Domain> server_name)
    : loop_(loop),
      between_(between),
      endpoints_(First(std::move(endpoints))),
      on_done_(std::move(on_done)),
      server_name_(server_name ? *std::move(server_name) : between.to),
      ticker_(loop, kTick, [this] { OnTick(); }) {}

PeerProbe::~PeerProbe() = default;

void PeerProbe::Start() {
  ticker_.Start();
  TryNext();
}

void PeerProbe::TryNext() {
  for (; endpoint_ < endpoints_.size(); ++endpoint_, address_ = 0) {
    if (address_ == 0) endpoint_until_ = MonotonicNow() + kEndpointTime;
    while (address_ < endpoint().addresses.size()) {
      Connect(endpoint(), address_++);
      if (session_ != nullptr) return;
    }
  }
  ticker_.Stop();
  on_done_();
}

// An address that does not answer leaves time for the others of its server.
void PeerProbe::Connect(const Endpoint& endpoint, std::size_t address) {
  const Instant now = MonotonicNow();
  const auto where = SocketAddress::FromOctets(endpoint.addresses[address],
                                               endpoint.target.port);
  attempts_.push_back({endpoint.target, where.ToString(), now});
  const auto left = endpoint_until_ - now;
  const Instant until =
      now + std::max(left, Duration::zero()) /
                static_cast<int>(endpoint.addresses.size() - address);
  OutboundSettings between = between_;
  between.direct_tls = endpoint.target.direct_tls;
  auto session = std::make_unique<ProbeSession>(client_context_, nullptr,
                                                between, server_name_,
                                                [this] { OnAttemptEnded(); });
  attempts_.back().error = session->Start(loop_, where, until);
  if (attempts_.back().error.empty()) session_ = std::move(session);
}

void PeerProbe::OnTick() {
  if (session_ != nullptr) session_->OnDeadline(MonotonicNow());
}

void PeerProbe::OnAttemptEnded() {
  ProbeAttempt& attempt = attempts_.back();
  attempt.took = std::chrono::duration_cast<std::chrono::microseconds>(
      MonotonicNow() - attempt.began);
  attempt.tls = session_->tls();
  attempt.error = session_->error();
  chain_ = session_->chain();
  done_sessions_.push_back(std::move(session_));
  if (chain_.empty()) return TryNext();
  ticker_.Stop();
  on_done_();
}

}  // namespace danegate
