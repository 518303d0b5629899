#include "proxy/shard/health/health_probe.h"

#include <utility>

#include "proxy/net/address.h"
#include "proxy/shard/hand_off.h"
#include "proxy/shard/proxy_header.h"
#include "proxy/shard/stream_ids.h"
#include "proxy/xmpp/bytes.h"
#include "proxy/xmpp/close_reason.h"
#include "verifier/check.h"
#include "verifier/clock.h"

namespace danegate {

HealthProbe::HealthProbe(Loop& loop, const ClientContext& context,
                         const HealthTarget& target, const Domain& from,
                         Instant now)
    : context_(context), target_(target), ends_(now + kTime) {
  DANEGATE_CHECK(target_.check == HealthCheck::kTcp || target_.to.has_value());
  if (target_.check == HealthCheck::kXmpp && target_.secret.empty()) {
    const bool direct = target_.tls == BackendTls::kDirect;
    stream_.emplace(OutboundSettings{from, *target_.to, direct}, now, ends_);
  }
  const auto address = SocketAddress::Parse(target_.host, target_.port);
  if (!address) {
    End(address.error());
    return;
  }
  auto link = TcpLink::Connect(loop, link_, *address);
  if (!link) {
    End(link.error());
    return;
  }
  link_.Attach(*std::move(link));
}

void HealthProbe::OnTime(Instant now) {
  if (outcome_ || now < ends_) return;
  End("no answer within " + std::to_string(kTime.count()) + " s" +
      (exchange_ ? ": " + std::string(kHandOffSilence) : ""));
}

void HealthProbe::OnConnected() {
  if (outcome_) return;
  if (target_.check == HealthCheck::kTcp) return End("");
  const SocketAddress* local = link_.link().local_address();
  const SocketAddress* remote = link_.link().remote_address();
  if (!target_.secret.empty()) return AskForHandOff(local, remote);
  // We are the peer that the header tells of.
  if (target_.proxy_protocol == ProxyProtocol::kV2 && local && remote) {
    link_.Write(AsBytes(WriteProxyHeader(*local, *remote)));
  }
  stream_->OnConnected(MonotonicNow());
  Settle();
  if (!outcome_) link_.link().Resume();
}

// It names no peer, so no stream can be made of it.
void HealthProbe::AskForHandOff(const SocketAddress* local,
                                const SocketAddress* remote) {
  if (local == nullptr || remote == nullptr) return End("the connection broke");
  exchange_.emplace(
      HandOffOffer{WriteHandOff({*local, *remote, nullptr, *target_.to, *remote,
                                 StreamIds().NextId()}),
                   target_.secret});
  link_.link().Resume();
}

void HealthProbe::OnExchange(std::span<const std::byte> bytes) {
  const auto outcome = exchange_->OnBytes(AsText(bytes));
  if (!outcome) return;
  if (const auto* header = std::get_if<HandOffExchange::Header>(&*outcome)) {
    return link_.Write(AsBytes(header->bytes));
  }
  if (const auto* refused = std::get_if<HandOffExchange::Refused>(&*outcome)) {
    return End("it refuses the hand-off: " + refused->why);
  }
  const auto* wrong = std::get_if<HandOffExchange::Wrong>(&*outcome);
  End(wrong == nullptr ? "" : wrong->why);
}

void HealthProbe::OnTlsEstablished() {
  if (outcome_) return;
  stream_->OnTlsEstablished(MonotonicNow());
  Settle();
}

void HealthProbe::OnPlaintext(std::span<const std::byte> bytes) {
  if (outcome_) return;
  if (exchange_) return OnExchange(bytes);
  stream_->OnBytes(bytes, MonotonicNow());
  Settle();
}

void HealthProbe::OnEnded(const LinkEnd& end) {
  if (outcome_) return;
  if (exchange_ && end.error.empty()) {
    return End(std::string(kHandOffCutShort));
  }
  if (!end.error.empty() || !stream_) return End(end.error);
  stream_->OnClosed(end.clean, MonotonicNow());
  Settle();
}

void HealthProbe::Settle() {
  while (!outcome_) {
    const auto action = stream_->NextAction();
    if (!action) return;
    Carry(*action);
  }
}

void HealthProbe::Carry(const Action& action) {
  if (const auto* send = std::get_if<action::Send>(&action)) {
    link_.Write(AsBytes(send->bytes));
  } else if (std::holds_alternative<action::StartTls>(action)) {
    link_.StartTls(TlsEngine::Connect(context_, nullptr, *target_.to,
                                      target_.tls == BackendTls::kDirect));
  } else if (const auto* close = std::get_if<action::Close>(&action)) {
    const bool ended_well = close->reason == ToString(CloseReason::kClosed);
    End(close->detail.empty() && !ended_well ? close->reason : close->detail);
  } else {
    DANEGATE_CHECK(false);  // no other action is a probe's
  }
}

void HealthProbe::End(std::string why) {
  outcome_ = std::move(why);
  link_.Close();
}

}  // namespace danegate
