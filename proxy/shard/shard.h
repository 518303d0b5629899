// Shard is one thread's world: its loop, its listeners, its streams and their
// backend legs, its minted certificates. Shards share immutable snapshots and
// exchange value messages; nothing on a shard takes a lock.
//
// Life: Open() on the starting thread, Run() on the shard's own, Drain() from
// any thread; Run() returns when the last stream has ended, or the time for it
// is over, and kLastWordsTime after that at the latest. Destroyed after Run()
// has returned.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "proxy/net/deadline_wheel.h"
#include "proxy/net/listener.h"
#include "proxy/net/loop.h"
#include "proxy/shard/backend_leg.h"
#include "proxy/shard/backend_trust.h"
#include "proxy/shard/certificate_selection.h"
#include "proxy/shard/counters.h"
#include "proxy/shard/credential_cache.h"
#include "proxy/shard/dial_quota.h"
#include "proxy/shard/dialback_session.h"
#include "proxy/shard/health/backend_health.h"
#include "proxy/shard/health/recent_failures.h"
#include "proxy/shard/stream_ids.h"
#include "proxy/shard/stream_index.h"
#include "proxy/shard/stream_list.h"
#include "proxy/shard/stream_quota.h"
#include "proxy/shard/stream_record.h"
#include "proxy/shard/tenant_update.h"
#include "proxy/shard/verifier_question.h"
#include "proxy/tls/client_context.h"
#include "proxy/tls/edge_ca.h"
#include "proxy/tls/server_context.h"
#include "tenants/tenant_set.h"
#include "verifier/address_guard.h"
#include "verifier/clock_watch.h"
#include "verifier/dialback_key.h"
#include "verifier/service.h"

namespace danegate {

class IngressSession;

struct ShardSettings {
  unsigned index = 0;  // from 0
  std::string edge_name;
  std::size_t max_connections = 8000;
  std::chrono::seconds drain_time{10};
  // Octets of credentials that are kept.
  std::size_t credential_budget = 64 << 20;
  // Where dialback may connect to.
  AddressGuard guard{};
  // Of the tenants' own dialback keys; null: none are made.
  std::shared_ptr<const DialbackKeys> keys{};
};

// What the shards share. Everything outlives them.
struct ShardSurroundings {
  std::shared_ptr<const TenantSet> tenants;  // at the start
  VerifierService* verifier;
  CredentialStore* credentials;
  StreamEvents* events;
  const BackendHealth* health;
};

class Shard {
 public:
  Shard(const ShardSettings&, ShardSurroundings, EdgeCa);
  ~Shard();
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  // Adds a listener; returns the address it got. Before Run().
  Result<SocketAddress, std::string> Listen(const SocketAddress&,
                                            bool direct_tls);
  void Run();
  // Stops accepting, ends every stream with system-shutdown. Any thread.
  void Drain();

  // From the end of this turn on the tenants are these. Streams of tenants that
  // have not changed notice nothing; those of a tenant that is gone end with
  // host-gone. The inbox is told; it is not if Run() has ended. Any thread.
  void Publish(TenantUpdate);

  // The streams at this time go to the inbox; none if Run() has ended. Any
  // thread.
  void ListStreams(StreamListRequest);

  const Counters& counters() const { return counters_; }  // any thread

  // --- for IngressSession, on the shard's thread ---

  // Whether a peer is who it claims to be: at once if that is remembered, else
  // null, and the verifier is asked at the end of this turn; its reply comes as
  // OnVerdict() of the session, if it still exists. `network` is where the peer
  // comes from: what one network may make us verify at a time is bounded
  // (D-22). Whom the policy refuses by name causes no question at all.
  std::shared_ptr<const Verdict> Verify(const VerifierQuestion&, ClaimedDomain,
                                        CertificateChain,
                                        std::shared_ptr<const ProofPolicy>,
                                        const std::string& network);
  // The reply comes as OnRoute().
  void FindRoute(const VerifierQuestion&, const Domain&);
  // The session goes on when the credentials have come (OnCredentials()).
  void AwaitCredentials(std::uint64_t source, std::uint64_t session) {
    credentials_.Await(source, session);
  }
  // The session is destroyed at the end of this turn.
  void Retire(std::uint64_t id);
  // So is what a session has given up.
  template <typename Part>
  void Bury(std::unique_ptr<Part> part) {
    buried_.push_back(std::move(part));
  }

  Loop& loop() { return loop_; }
  DeadlineWheel& wheel() { return wheel_; }
  EdgeCa& edge_ca() { return edge_ca_; }
  StreamIds& stream_ids() { return stream_ids_; }
  StreamQuota& quota() { return quota_; }
  DialQuota& dial_quota() { return dial_quota_; }
  BackendTrust& backend_trust() { return backend_trust_; }
  // Backends that streams of this shard could not reach.
  RecentFailures& backend_failures() { return backend_failures_; }
  // Whether a backend is not to be tried for a stream to `to` while there is
  // another: a check found it down, or such a stream of this shard could not
  // reach it.
  bool IsDown(const Tenant&, const Backend&, const Domain& to) const;
  StreamEvents& events() { return *surroundings_.events; }
  Counters& counters() { return counters_; }
  // Which sessions have pairs of a tenant, by its name; of a peer, by its
  // domain.
  StreamIndex& streams_of_tenants() { return streams_of_tenants_; }
  StreamIndex& streams_of_peers() { return streams_of_peers_; }
  // May be another after each turn.
  const TenantSet& tenants() const { return *tenants_; }
  const ServerContext& server_context() const { return server_context_; }
  const ClientContext& client_context() const { return client_context_; }
  const ShardSettings& settings() const { return settings_; }

 private:
  void OnAccept(std::unique_ptr<TcpLink>, bool direct_tls);
  void OnReplies();
  IngressSession* TakeAsked(std::uint64_t ticket, VerifierQuestion*);
  void OnTick();
  void OnTurnEnd();
  void OnDrain();
  void OnListRequests();
  void OnUpdates();
  void OnTenantChanged(const std::string& name, const Tenant* before,
                       const Tenant* after);
  void ForgetCredentials(const Tenant* before, const Tenant* after);
  void ReplaceEdgeCa(std::shared_ptr<const Credential>);
  void OnCredentialReplies();
  void StopIfDone();
  void FinishLinks();

  const ShardSettings settings_;
  const ShardSurroundings surroundings_;
  std::shared_ptr<const TenantSet> tenants_;
  Loop loop_;
  EdgeCa edge_ca_;
  CredentialInbox credential_inbox_;
  CredentialCache credentials_;
  CertificateSelection certificates_;
  ServerContext server_context_;
  ClientContext client_context_;
  StreamIds stream_ids_;
  StreamQuota quota_;
  DialQuota dial_quota_;
  StreamIndex streams_of_tenants_;
  StreamIndex streams_of_peers_;
  RecentFailures backend_failures_;
  BackendTrust backend_trust_;
  Counters counters_;
  DeadlineWheel wheel_;
  ClockWatch clock_watch_;
  VerifierInbox inbox_;
  std::vector<VerifierRequest> requests_;  // of this turn
  std::vector<std::uint64_t> retired_;     // in this turn
  // In this turn.
  std::vector<
      std::variant<std::unique_ptr<EgressSession>, std::unique_ptr<BackendLeg>,
                   std::unique_ptr<DialbackSession>>>
      buried_;
  std::uint64_t next_id_;

  // Questions under way, by ticket.
  struct Asked {
    VerifierQuestion question;
    std::optional<std::string> network;  // of a verification
  };
  std::unordered_map<std::uint64_t, Asked> asked_;
  std::unordered_map<std::string, std::size_t> asked_by_network_;
  std::uint64_t next_ticket_ = 0;
  bool draining_ = false;
  Instant drain_until_ = Instant::Never();
  Instant linger_until_ = Instant::Never();  // once no stream is left

  // Sessions go before everything that they use.
  std::unordered_map<std::uint64_t, std::unique_ptr<IngressSession>> sessions_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  Waker reply_waker_;
  Waker drain_waker_;
  Mailbox<StreamListRequest> list_requests_;
  Waker list_waker_;
  Mailbox<TenantUpdate> updates_;
  Waker update_waker_;
  Waker credential_waker_;
  Ticker ticker_;
  TurnEnd turn_end_;
};

}  // namespace danegate
