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
#include <vector>

#include "proxy/net/deadline_wheel.h"
#include "proxy/net/listener.h"
#include "proxy/net/loop.h"
#include "proxy/shard/counters.h"
#include "proxy/shard/stream_ids.h"
#include "proxy/shard/stream_quota.h"
#include "proxy/shard/stream_record.h"
#include "proxy/tls/client_context.h"
#include "proxy/tls/edge_ca.h"
#include "proxy/tls/server_context.h"
#include "tenants/tenant_set.h"
#include "verifier/service.h"

namespace danegate {

class EgressSession;
class IngressSession;

struct ShardSettings {
  unsigned index = 0;  // from 0
  std::string edge_name;
  std::size_t max_connections = 8000;
  std::chrono::seconds drain_time{10};
};

// What the shards share. Everything outlives them.
struct ShardSurroundings {
  std::shared_ptr<const TenantSet> tenants;
  VerifierService* verifier;
  StreamEvents* events;
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

  const Counters& counters() const { return counters_; }  // any thread

  // --- for IngressSession, on the shard's thread ---

  // Asks the verifier at the end of this turn; the reply comes as OnVerdict()
  // of session `id`, if it still exists.
  void Verify(std::uint64_t id, ClaimedDomain, CertificateChain,
              std::shared_ptr<const ProofPolicy>);
  // The session is destroyed at the end of this turn.
  void Retire(std::uint64_t id);
  // So is a leg that was given up.
  void Bury(std::unique_ptr<EgressSession>);

  Loop& loop() { return loop_; }
  DeadlineWheel& wheel() { return wheel_; }
  EdgeCa& edge_ca() { return edge_ca_; }
  StreamIds& stream_ids() { return stream_ids_; }
  StreamQuota& quota() { return quota_; }
  StreamEvents& events() { return *surroundings_.events; }
  Counters& counters() { return counters_; }
  const TenantSet& tenants() const { return *surroundings_.tenants; }
  const ServerContext& server_context() const { return server_context_; }
  const ClientContext& client_context() const { return client_context_; }
  const ShardSettings& settings() const { return settings_; }

 private:
  void OnAccept(std::unique_ptr<TcpLink>, bool direct_tls);
  void OnReplies();
  void OnTick();
  void OnTurnEnd();
  void OnDrain();
  void StopIfDone();
  void FinishLinks();

  const ShardSettings settings_;
  const ShardSurroundings surroundings_;
  Loop loop_;
  EdgeCa edge_ca_;
  ServerContext server_context_;
  ClientContext client_context_;
  StreamIds stream_ids_;
  StreamQuota quota_;
  Counters counters_;
  DeadlineWheel wheel_;
  VerifierInbox inbox_;
  std::vector<VerifierRequest> requests_;               // of this turn
  std::vector<std::uint64_t> retired_;                  // in this turn
  std::vector<std::unique_ptr<EgressSession>> buried_;  // in this turn
  std::uint64_t next_id_;
  bool draining_ = false;
  Instant drain_until_ = Instant::Never();
  Instant linger_until_ = Instant::Never();  // once no stream is left

  // Sessions go before everything that they use.
  std::unordered_map<std::uint64_t, std::unique_ptr<IngressSession>> sessions_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  Waker reply_waker_;
  Waker drain_waker_;
  Ticker ticker_;
  TurnEnd turn_end_;
};

}  // namespace danegate
