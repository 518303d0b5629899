// IngressSession is one inbound stream at work: the peer's link, its stream
// engine, its verification and its backend leg, joined together. All protocol
// decisions are the engine's (proxy/xmpp); this only carries them out.
//
// Lifetime: owned by its shard, which destroys it at the end of the turn in
// which it retires. Thread: the shard's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proxy/net/deadline_wheel.h"
#include "proxy/shard/egress_session.h"
#include "proxy/shard/secure_link.h"
#include "proxy/shard/stream_record.h"
#include "proxy/xmpp/ingress_stream.h"
#include "tenants/tenant.h"

namespace danegate {

class Shard;

class IngressSession final : public SecureLinkOwner, public EgressOwner {
 public:
  IngressSession(Shard&, std::uint64_t id, std::unique_ptr<TcpLink>,
                 bool direct_tls);
  ~IngressSession();

  void Start();
  void OnVerdict(std::shared_ptr<const Verdict>, bool from_cache);
  void OnDeadline(Instant now);
  void Drain();

 private:
  // SecureLinkOwner: the peer.
  void OnConnected() override {}
  void OnTlsEstablished() override;
  void OnPlaintext(std::span<const std::byte>) override;
  void OnDrained() override;
  void OnEnded(const LinkEnd&) override;

  // EgressOwner: the backend.
  void OnBackendReady() override;
  void OnBackendFeatures(const std::string& xml) override;
  void OnBackendDrained() override;
  void OnBackendEnded(const action::Close&) override;
  void OnBackendProgress() override;

  // Carries out what the engine wants until it wants nothing more.
  void Settle();
  void Carry(const Action&);
  void CarryOut(const action::Send&);
  void CarryOut(const action::StartTls&);
  void CarryOut(const action::LookUp&);
  void CarryOut(const action::Verify&);
  void CarryOut(const action::DialBack&);
  void CarryOut(const action::CheckKey&);
  void CarryOut(const action::OpenBackend&);
  void CarryOut(const action::RestartBackend&);
  void CarryOut(const action::Relay&);
  void CarryOut(const action::DropPair&);
  void CarryOut(const action::Close&);
  void CarryOut(const action::Ready&);
  void CarryOut(const action::Features&);
  void CarryOut(const action::JudgeAuthority&);
  void CarryOut(const action::KeyVerified&);

  void TryNextBackend();
  void SkipBackend(BackendFailure);
  EgressSession::Leg LegTo(const Backend&) const;
  void DropBackend();
  void Throttle();
  bool IsStalled(Instant now);
  void GiveUpBackend();
  void UpdateDeadline();
  void NoteTls();
  void NoteEnd(const action::Close&);

  Shard& shard_;
  const std::uint64_t id_;
  StreamRecord record_;
  IngressStream stream_;
  SecureLink link_;
  Deadline deadline_;

  // After the look-up and the verdict.
  std::shared_ptr<const Tenant> tenant_;
  std::optional<ProvenDomain> peer_;
  std::optional<Domain> to_;
  bool has_quota_ = false;
  Instant asked_;  // when the verification was asked for

  std::string link_error_;  // what the network or TLS said at the end

  // Answers to actions of the engine, given once it wants nothing more.
  std::vector<std::function<void(Instant)>> answers_;
  std::optional<BackendFailure> backend_failure_;

  std::unique_ptr<EgressSession> backend_;
  std::size_t next_backend_ = 0;
  bool backend_ready_ = false;
  Instant stalled_since_ = Instant::Never();
  std::size_t stalled_unsent_ = 0;  // then
  bool over_ = false;
};

}  // namespace danegate
