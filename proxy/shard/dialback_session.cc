#include "proxy/shard/dialback_session.h"

#include <algorithm>
#include <utility>

#include "proxy/net/loop.h"
#include "proxy/shard/shard.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

DialbackResult Failed(DialbackError error) {
  return {DialbackResult::Kind::kError, nullptr, std::move(error)};
}

}  // namespace

DialbackSession::DialbackSession(Shard& shard, DialbackOwner& owner,
                                 action::DialBack request)
    : shard_(shard),
      owner_(owner),
      request_(std::move(request)),
      ends_(MonotonicNow() + kTimeLimit),
      last_error_{DialbackCondition::kRemoteServerNotFound,
                  "no server of " + request_.from.domain.ascii() +
                      " could be reached"} {}

DialbackSession::~DialbackSession() = default;

void DialbackSession::Start() { owner_.FindRoute(*this, request_.from.domain); }

void DialbackSession::OnRoute(const Route& route) {
  if (over_) return;
  if (route.endpoints.empty()) {
    return End(
        Failed({route.temporary ? DialbackCondition::kRemoteServerTimeout
                                : DialbackCondition::kRemoteServerNotFound,
                route.failure}));
  }
  route_ = route;
  TryNextAddress();
}

void DialbackSession::TryNextAddress() {
  last_link_ = std::move(link_);
  stream_.reset();
  for (; endpoint_ < route_.endpoints.size(); ++endpoint_, address_ = 0) {
    const Endpoint& endpoint = route_.endpoints[endpoint_];
    while (address_ < endpoint.addresses.size()) {
      if (connects_ == kMaxConnects) return End(Failed(last_error_));
      if (Connect(endpoint, endpoint.addresses[address_++])) {
        return owner_.OnDialbackProgress();
      }
    }
  }
  End(Failed(last_error_));
}

// Threats D4, D5: the address that is connected to is the one that was checked.
bool DialbackSession::Connect(const Endpoint& endpoint,
                              std::span<const std::uint8_t> address) {
  const std::string& host = endpoint.target.host.ascii();
  const AddressGuard& guard = shard_.settings().guard;
  std::string why = guard.WhyRefused(address);
  if (why.empty()) why = guard.WhyPortRefused(endpoint.target.port);
  if (why.empty()) {
    ++connects_;
    link_ = std::make_unique<SecureLink>(*this);
    auto link = TcpLink::Connect(
        shard_.loop(), *link_,
        SocketAddress::FromOctets(address, endpoint.target.port));
    if (link) {
      link_->Attach(std::move(*link));
      stream_.emplace(AuthoritySettings{{request_.to, request_.from.domain,
                                         endpoint.target.direct_tls},
                                        request_.stream_id,
                                        request_.key},
                      MonotonicNow());
      connect_until_ = MonotonicNow() + kConnectTime;
      return true;
    }
    why = link.error();
    link_.reset();
  }
  last_error_ = {DialbackCondition::kRemoteConnectionFailed, host + ": " + why};
  return false;
}

void DialbackSession::OnConnected() {
  if (over_) return;
  connect_until_ = Instant::Never();
  stream_->OnConnected(MonotonicNow());
  Settle();
  if (!over_ && link_) link_->link().Resume();
}

void DialbackSession::OnTlsEstablished() {
  if (over_) return;
  stream_->OnTlsEstablished(MonotonicNow());
  Settle();
}

void DialbackSession::OnPlaintext(std::span<const std::byte> bytes) {
  if (over_) return;
  stream_->OnBytes(bytes, MonotonicNow());
  Settle();
}

// Whoever refuses the connection says nothing about the domain: another address
// may answer.
void DialbackSession::OnEnded(const LinkEnd& end) {
  if (over_) return;
  if (connect_until_ != Instant::Never()) {
    const std::string& host = route_.endpoints[endpoint_].target.host.ascii();
    return GiveUpAddress(
        {DialbackCondition::kRemoteConnectionFailed, host + ": " + end.error});
  }
  stream_->OnClosed(end.clean, MonotonicNow());
  Settle();
}

// G-27: the certificate of the authoritative server is judged as a peer's is.
// What proves nothing is taken all the same, for that is what dialback is.
void DialbackSession::OnVerdict(const Verdict& verdict) {
  if (over_ || !stream_) return;
  if (verdict.outcome() == Outcome::kIndeterminate) {  // L-05
    return End(
        Failed({DialbackCondition::kRemoteServerTimeout, verdict.remedy}));
  }
  // Where some servers of the domain have records that do not match and others
  // have none, this may be one of the former (D-52).
  const bool acceptable = verdict.outcome() == Outcome::kProved ||
                          (verdict.outcome() == Outcome::kAbsent &&
                           verdict.reason() != Reason::kMixedDeployment);
  stream_->OnAuthorityJudged(acceptable, MonotonicNow());
  Settle();
}

Instant DialbackSession::deadline() const {
  Instant at = std::min(ends_, connect_until_);
  if (stream_) at = std::min(at, stream_->deadline());
  return over_ ? Instant::Never() : at;
}

void DialbackSession::OnDeadline(Instant now) {
  if (over_ || now < deadline()) return;
  if (now >= ends_) {
    return End(Failed({DialbackCondition::kRemoteServerTimeout,
                       "the server of " + request_.from.domain.ascii() +
                           " did not answer in time"}));
  }
  if (now >= connect_until_) {
    connect_until_ = Instant::Never();
    const std::string& host = route_.endpoints[endpoint_].target.host.ascii();
    return GiveUpAddress({DialbackCondition::kRemoteConnectionFailed,
                          host + ": no connection within " +
                              std::to_string(kConnectTime.count()) + " s"});
  }
  stream_->OnDeadline(now);
  Settle();
}

void DialbackSession::Settle() {
  while (!over_ && stream_) {
    const auto action = stream_->NextAction();
    if (!action) break;
    Carry(*action);
  }
  if (!over_) owner_.OnDialbackProgress();
}

void DialbackSession::Carry(const Action& action) {
  if (const auto* send = std::get_if<action::Send>(&action)) {
    link_->Write(std::as_bytes(std::span(send->bytes)));
  } else if (std::holds_alternative<action::StartTls>(action)) {
    // D-55, K-1: whoever does not look at TLSA asks for the service by name.
    link_->StartTls(TlsEngine::Connect(
        shard_.client_context(), nullptr, request_.from.domain,
        route_.endpoints[endpoint_].target.direct_tls));
  } else if (std::holds_alternative<action::JudgeAuthority>(action)) {
    owner_.JudgeAuthority(*this, request_.from, link_->tls()->peer_chain());
  } else if (const auto* answer = std::get_if<action::KeyVerified>(&action)) {
    OnAnswer(*answer);
  } else if (std::holds_alternative<action::Close>(action)) {
    if (link_) link_->Close();
  } else {
    DANEGATE_CHECK(false);  // no other action is an authority stream's
  }
}

void DialbackSession::OnAnswer(const action::KeyVerified& answer) {
  switch (answer.kind) {
    case action::KeyVerified::Kind::kValid: {
      auto verdict = std::make_shared<Verdict>(request_.from, Outcome::kProved,
                                               Reason::kMatched);
      verdict->prooftype = Prooftype::kDialback;
      return End({DialbackResult::Kind::kValid, std::move(verdict)});
    }
    case action::KeyVerified::Kind::kInvalid:
      return End({DialbackResult::Kind::kInvalid});
    case action::KeyVerified::Kind::kError:
      if (answer.error.condition ==
          DialbackCondition::kRemoteConnectionFailed) {
        return GiveUpAddress(answer.error);
      }
      return End(Failed(answer.error));
  }
}

void DialbackSession::GiveUpAddress(DialbackError error) {
  last_error_ = std::move(error);
  if (link_) link_->Close();
  TryNextAddress();
}

void DialbackSession::Finish() {
  over_ = true;
  if (link_) link_->Close();
}

void DialbackSession::End(DialbackResult result) {
  if (std::exchange(over_, true)) return;
  if (link_) link_->Close();
  owner_.OnDialbackEnded(*this, result);
}

}  // namespace danegate
