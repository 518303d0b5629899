#include "proxy/shard/egress_session.h"

#include <utility>

#include "proxy/net/loop.h"
#include "proxy/tls/client_context.h"
#include "proxy/xmpp/bytes.h"
#include "proxy/xmpp/close_reason.h"
#include "verifier/clock.h"

namespace danegate {

EgressSession::EgressSession(EgressOwner& owner, const ClientContext& context,
                             Leg leg)
    : owner_(owner),
      context_(context),
      leg_(std::move(leg)),
      stream_(leg_.stream, ReadNow().monotonic) {}

std::string EgressSession::Start(Loop& loop) {
  const auto address =
      SocketAddress::Parse(leg_.backend->host, leg_.backend->port);
  if (!address) return address.error();
  auto link = TcpLink::Connect(loop, link_, *address);
  if (!link) return link.error();
  link_.Attach(std::move(*link));
  return "";
}

void EgressSession::OnConnected() {
  connected_ = true;
  link_.Write(AsBytes(leg_.proxy_header));
  stream_.OnConnected(ReadNow().monotonic);
  Settle();
  if (!over_) link_.link().Resume();
}

void EgressSession::OnTlsEstablished() {
  if (const std::string why = WhyUntrusted(); !why.empty()) return Fail(why);
  stream_.OnTlsEstablished(ReadNow().monotonic);
  Settle();
}

std::string EgressSession::WhyUntrusted() const {
  if (leg_.backend->trust == nullptr) return "";
  return leg_.judge->WhyUntrusted(link_.tls()->peer_chain(),
                                  *leg_.backend->trust, leg_.stream.to,
                                  ReadNow());
}

void EgressSession::OnPlaintext(std::span<const std::byte> bytes) {
  if (over_) return;
  stream_.OnBytes(bytes, ReadNow().monotonic);
  Settle();
}

void EgressSession::OnDrained() {
  if (!over_) owner_.OnBackendDrained();
}

void EgressSession::OnEnded(const LinkEnd& end) {
  if (over_) return;
  link_error_ = end.error;
  stream_.OnClosed(end.clean, ReadNow().monotonic);
  Settle();
}

void EgressSession::Restart(const HeaderDeclarations& declarations) {
  if (over_) return;
  stream_.Restart(declarations, ReadNow().monotonic);
  Settle();
}

void EgressSession::Relay(std::span<const std::byte> stanzas) {
  if (!over_) link_.Write(stanzas);
}

void EgressSession::Finish() {
  if (over_) return;
  stream_.Finish(ReadNow().monotonic);
  Settle();
}

void EgressSession::OnDeadline(Instant now) {
  if (over_) return;
  stream_.OnDeadline(now);
  Settle();
}

void EgressSession::Settle() {
  while (!over_) {
    const auto action = stream_.NextAction();
    if (!action) break;
    Carry(*action);
  }
  if (!over_) owner_.OnBackendProgress();
}

void EgressSession::Carry(const Action& action) {
  if (const auto* send = std::get_if<action::Send>(&action)) {
    link_.Write(AsBytes(send->bytes));
  } else if (std::holds_alternative<action::StartTls>(action)) {
    link_.StartTls(TlsEngine::Connect(context_, leg_.credential, leg_.stream.to,
                                      leg_.stream.direct_tls));
  } else if (std::holds_alternative<action::Ready>(action)) {
    owner_.OnBackendReady();
  } else if (const auto* features = std::get_if<action::Features>(&action)) {
    owner_.OnBackendFeatures(features->xml);
  } else if (const auto* close = std::get_if<action::Close>(&action)) {
    End(*close);
  } else {
    DANEGATE_CHECK(false);  // no other action is an egress stream's
  }
}

void EgressSession::End(action::Close close) {
  over_ = true;
  link_.Close();
  if (!link_error_.empty()) close.detail += " (" + link_error_ + ")";
  owner_.OnBackendEnded(close);
}

void EgressSession::Fail(const std::string& detail) {
  End({std::nullopt, std::nullopt,
       std::string(ToString(CloseReason::kBackendFailed)), detail});
}

}  // namespace danegate
