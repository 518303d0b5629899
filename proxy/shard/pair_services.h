// PairServices does for the pairs of one inbound stream what its engine asks:
// look-ups, proof, dialback, backend legs. A pair is a sender and an addressee;
// the first is the header's, further ones come by dialback.
//
// Answers that are known at once are given when the engine wants nothing more
// (GiveAnswer), never from within one of its wishes.
//
// Lifetime: a part of an IngressSession. Thread: the shard's.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "proxy/shard/backend_leg.h"
#include "proxy/shard/dialback_session.h"
#include "proxy/shard/inflow_limit.h"
#include "proxy/shard/stream_record.h"
#include "proxy/shard/verifier_question.h"
#include "proxy/xmpp/ingress_stream.h"
#include "tenants/tenant.h"

namespace danegate {

class Shard;

class PairServicesOwner {
 public:
  // The engine has got an input.
  virtual void OnPairInput() = 0;
  // The deadline may have changed.
  virtual void OnPairProgress() = 0;
  // A backend takes data again.
  virtual void OnPairDrained() = 0;

 protected:
  ~PairServicesOwner() = default;
};

class PairServices final : public BackendLegOwner, public DialbackOwner {
 public:
  // How long evidence may be out of reach before a running stream ends for it,
  // and how often it is tried again (D-64).
  static constexpr std::chrono::seconds kGraceTime{3600};
  static constexpr std::chrono::seconds kRetryTime{30};
  // Evidence is not looked at more often, however short it holds.
  static constexpr std::chrono::seconds kLeastHold{10};

  // All outlive it. `peer` is the peer's link.
  PairServices(Shard&, std::uint64_t session, IngressStream&, StreamRecord&,
               const SecureLink& peer, PairServicesOwner&);
  ~PairServices();
  PairServices(const PairServices&) = delete;
  PairServices& operator=(const PairServices&) = delete;

  // The engine's wishes.
  void CarryOut(const action::LookUp&);
  void CarryOut(const action::Verify&);
  void CarryOut(const action::DialBack&);
  void CarryOut(const action::CheckKey&);
  void CarryOut(const action::OpenBackend&);
  void CarryOut(const action::RestartBackend&);
  void CarryOut(const action::Relay&);
  void CarryOut(const action::DropPair&);

  // Gives the engine one answer; false if none is ready.
  bool GiveAnswer();
  void OnVerdict(const VerifierQuestion&, std::shared_ptr<const Verdict>,
                 bool from_cache);
  void OnRoute(const VerifierQuestion&, const Route&);
  void OnDeadline(Instant now);
  void OnClockJump(Instant now);
  // Pairs of the tenant go on as it is now, if it still has them.
  void OnTenantChanged(const std::string& tenant, Instant now);
  // The domain is a tenant's now, and cannot come from elsewhere.
  void OnPeerHosted(const Domain&, Instant now);
  // The stream is over: says so to the backends. Nothing is reported any more.
  void Finish();

  Instant deadline() const;
  // Octets that wait for backends. pair_legs.cc, as the two above.
  std::size_t unsent() const;
  // How much the stream may bring: the least that one of its tenants grants.
  InflowRate inflow() const;
  // Gives up the backend that most octets wait for.
  void GiveUpStalled(const std::string& why);

 private:
  struct Pair {
    std::shared_ptr<const Tenant> tenant;
    std::optional<Domain> from;
    std::optional<Domain> to;
    Instant asked;  // when its verification was asked for
    // What it was asked by: a verdict by another policy than the tenant's is
    // no use.
    std::shared_ptr<const ProofPolicy> judged_by;
    // Once it is proved: when the evidence ends, and when it is to be looked at
    // again.
    Instant holds_until = Instant::Never();
    Instant verify_at = Instant::Never();
    bool by_dialback = false;
    // What came of it, in the words of the log.
    Outcome outcome = Outcome::kIndeterminate;
    std::string_view reason;
    std::string_view proof;
    std::unique_ptr<DialbackSession> dialback;
    std::unique_ptr<BackendLeg> leg;
  };

  // BackendLegOwner.
  void OnLegReady(BackendLeg&) override;
  void OnLegFeatures(BackendLeg&, const std::string& xml) override;
  void OnLegFailed(BackendLeg&, const BackendFailure&) override;
  void OnLegClosed(BackendLeg&, const std::optional<StreamError>&) override;
  void OnLegSkipped(BackendLeg&, const std::string& why) override;
  void OnLegDrained(BackendLeg&) override;
  void OnLegProgress() override;

  // DialbackOwner.
  void OnDialbackEnded(DialbackSession&, const DialbackResult&) override;
  void OnDialbackProgress() override;
  void FindRoute(DialbackSession&, const Domain&) override;
  void JudgeAuthority(DialbackSession&, ClaimedDomain,
                      CertificateChain) override;

  // pair_services.cc
  void OnPairVerdict(PairNumber, Pair&, std::shared_ptr<const Verdict>,
                     bool from_cache);
  // pair_evidence.cc, as OnClockJump() and OnTenantChanged()
  void OnVerifiedAgain(PairNumber, Pair&, std::shared_ptr<const Verdict>,
                       bool from_cache);
  void VerifyAgain(PairNumber, Pair&, Instant now);
  void Hold(Pair&, const Verdict&);
  void HoldByDialback(Pair&);
  void NoteVerdict(PairNumber, Pair&, const Verdict&, bool from_cache);
  void NoteProof(const Pair&);
  std::shared_ptr<const Verdict> Ask(PairNumber, Pair&,
                                     VerifierQuestion::Purpose);
  // Keeps the shard's indexes of streams.
  void SetEnds(Pair&, std::shared_ptr<const Tenant>,
               const std::optional<Domain>& from);
  BackendLeg* LegOf(PairNumber);
  // pair_legs.cc
  void DropLeg(Pair&);
  void TellFailure(const BackendLeg&, const BackendFailure&);
  StreamRecord RecordOf(const BackendLeg&) const;
  // The session ends; one of its callbacks may be running.
  void DropDialback(Pair&);
  std::string Network() const;

  Shard& shard_;
  const std::uint64_t session_;
  IngressStream& stream_;
  StreamRecord& record_;
  const SecureLink& peer_;
  PairServicesOwner& owner_;
  std::map<PairNumber, Pair> pairs_;
  std::deque<std::function<void(Instant)>> answers_;
  bool finished_ = false;
};

}  // namespace danegate
