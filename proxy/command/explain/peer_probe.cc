#include "proxy/command/explain/peer_probe.h"

#include <algorithm>
#include <utility>

#include "proxy/net/address.h"
#include "verifier/check.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

constexpr std::chrono::milliseconds kTick{50};

Instant MonotonicNow() { return ReadNow().monotonic; }

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
      if (link_ != nullptr) return;
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
  connect_until_ =
      now + std::max(left, Duration::zero()) /
                static_cast<int>(endpoint.addresses.size() - address);
  link_ = std::make_unique<SecureLink>(*this);
  auto link = TcpLink::Connect(loop_, *link_, where);
  if (!link) {
    link_.reset();
    attempts_.back().error = link.error();
    return;
  }
  link_->Attach(*std::move(link));
  OutboundSettings between = between_;
  between.direct_tls = endpoint.target.direct_tls;
  stream_.emplace(between, now, connect_until_);
}

void PeerProbe::OnConnected() {
  if (!stream_) return;
  connect_until_ = Instant::Never();
  stream_->OnConnected(MonotonicNow());
  Settle();
  if (stream_) link_->link().Resume();
}

void PeerProbe::OnTlsEstablished() {
  if (!stream_) return;
  const TlsEngine& tls = *link_->tls();
  chain_ = tls.peer_chain();
  attempts_.back().tls =
      std::string(tls.version()) + ", " + std::string(tls.cipher());
  stream_->OnTlsEstablished(MonotonicNow());
  Settle();
}

void PeerProbe::OnPlaintext(std::span<const std::byte> bytes) {
  if (!stream_) return;
  stream_->OnBytes(bytes, MonotonicNow());
  Settle();
}

void PeerProbe::OnEnded(const LinkEnd& end) {
  if (!stream_) return;
  if (!end.error.empty()) return EndAttempt(end.error);
  stream_->OnClosed(end.clean, MonotonicNow());
  Settle();
}

void PeerProbe::OnTick() {
  if (!stream_) return;
  const Instant now = MonotonicNow();
  if (now >= connect_until_) return EndAttempt("no answer in time");
  if (now < stream_->deadline()) return;
  stream_->OnDeadline(now);
  Settle();
}

void PeerProbe::Settle() {
  while (stream_) {
    const auto action = stream_->NextAction();
    if (!action) return;
    Carry(*action);
  }
}

void PeerProbe::Carry(const Action& action) {
  if (const auto* send = std::get_if<action::Send>(&action)) {
    link_->Write(std::as_bytes(std::span(send->bytes)));
  } else if (std::holds_alternative<action::StartTls>(action)) {
    link_->StartTls(TlsEngine::Connect(client_context_, nullptr, server_name_,
                                       endpoint().target.direct_tls));
  } else if (const auto* close = std::get_if<action::Close>(&action)) {
    EndAttempt(chain_.empty() ? close->detail : "");
  } else {
    DANEGATE_CHECK(false);  // no other action is a probe's
  }
}

void PeerProbe::EndAttempt(std::string error) {
  ProbeAttempt& attempt = attempts_.back();
  attempt.took = std::chrono::duration_cast<std::chrono::microseconds>(
      MonotonicNow() - attempt.began);
  attempt.error = std::move(error);
  connect_until_ = Instant::Never();
  stream_.reset();
  link_->Close();
  done_links_.push_back(std::move(link_));
  if (chain_.empty()) return TryNext();
  ticker_.Stop();
  on_done_();
}

}  // namespace danegate
