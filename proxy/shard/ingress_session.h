// IngressSession is one inbound stream at work: the peer's link, its stream
// engine and its pairs, joined together. All protocol
// decisions are the engine's (proxy/xmpp); this only carries them out.
//
// Lifetime: owned by its shard, which destroys it at the end of the turn in
// which it retires. Thread: the shard's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "proxy/net/deadline_wheel.h"
#include "proxy/shard/inflow_limit.h"
#include "proxy/shard/pair_services.h"
#include "proxy/shard/secure_link.h"
#include "proxy/shard/stream_record.h"
#include "proxy/shard/verifier_question.h"
#include "proxy/xmpp/ingress_stream.h"

namespace danegate {

class Shard;

class IngressSession final : public SecureLinkOwner, public PairServicesOwner {
 public:
  IngressSession(Shard&, std::uint64_t id, std::unique_ptr<TcpLink>,
                 bool direct_tls);
  ~IngressSession();

  void Start();
  void OnVerdict(const VerifierQuestion&, std::shared_ptr<const Verdict>,
                 bool from_cache);
  void OnRoute(const VerifierQuestion&, const Route&);
  void OnDeadline(Instant now);
  void OnClockJump(Instant now);
  void OnTenantChanged(const std::string& tenant);
  void OnPeerHosted(const Domain&);
  void OnCredentials();
  void Drain();

  const StreamRecord& record() const { return record_; }

 private:
  // SecureLinkOwner: the peer.
  void OnConnected() override {}
  void OnTlsWaits(std::uint64_t credentials) override;
  void OnTlsEstablished() override;
  void OnPlaintext(std::span<const std::byte>) override;
  void OnDrained() override;
  void OnEnded(const LinkEnd&) override;

  // PairServicesOwner.
  void OnPairInput() override;
  void OnPairProgress() override;
  void OnPairDrained() override;

  // Carries out what the engine wants until it wants nothing more.
  void Settle();
  void Carry(const Action&);
  void CarryOut(const action::Send&);
  void CarryOut(const action::StartTls&);
  void CarryOut(const action::Close&);
  // What it wants for its pairs.
  template <typename Wish>
  void CarryOut(const Wish& wish) {
    pairs_.CarryOut(wish);
  }
  // Only other engines have these wishes.
  void CarryOut(const action::Ready&);
  void CarryOut(const action::Features&);
  void CarryOut(const action::JudgeAuthority&);
  void CarryOut(const action::KeyVerified&);

  void Throttle();
  void Pace(Instant now);
  void ReadOn();
  bool IsStalled(Instant now);
  void UpdateDeadline();
  void NoteTls();
  void NoteEnd(const action::Close&);

  Shard& shard_;
  const std::uint64_t id_;
  StreamRecord record_;
  IngressStream stream_;
  SecureLink link_;
  Deadline deadline_;
  PairServices pairs_;

  std::string link_error_;  // what the network or TLS said at the end
  bool settling_ = false;
  Instant stalled_since_ = Instant::Never();
  std::size_t stalled_unsent_ = 0;  // then
  InflowLimit inflow_;
  Instant paced_until_ = Instant::Never();  // not read until then; Never: is
  bool over_ = false;
};

}  // namespace danegate
