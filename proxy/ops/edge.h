// Edge is the whole proxy: the verifier threads, the checks of backends and the
// shards, from a configuration to the end of the last stream.
//
// Thread: Open(), Run() and the destructor on one thread; Drain() on any.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "proxy/ops/access_log.h"
#include "proxy/shard/health/health_prober.h"
#include "proxy/shard/shard.h"
#include "tenants/tenant_file.h"
#include "verifier/pkix.h"
#include "verifier/result.h"
#include "verifier/service.h"

namespace danegate {

class Edge {
 public:
  // Opens every listener and starts the verifier threads; no stream is served
  // before Run(). The error says which setting could not be put to work. `log`
  // outlives the edge.
  static Result<std::unique_ptr<Edge>, std::string> Open(const Configuration&,
                                                         AccessLog& log);
  ~Edge();

  // Serves until Drain() and the end of the last stream, or of drain_time.
  void Run();
  // Any thread; false if it has begun already.
  bool Drain();
  bool is_draining() const { return draining_; }

  // Valid as long as the edge. Any thread may ask what they let any thread.
  const std::vector<std::unique_ptr<Shard>>& shards() const { return shards_; }
  VerifierService& verifier() const { return *verifier_; }
  CredentialStore& credentials() const { return *credentials_; }
  // The roots of PKI.
  const TrustStore& trust() const { return trust_; }
  const BackendHealth& health() const { return health_; }
  // What is checked changes with the tenants. Any thread.
  void WatchHealth(const TenantSet&);

  const std::vector<std::string>& starttls() const { return starttls_; }
  const std::vector<std::string>& direct_tls() const { return direct_tls_; }

 private:
  Edge() = default;

  std::string OpenVerifier(const Settings&);
  std::string OpenShards(const Configuration&, AccessLog&);
  std::string OpenListeners(const std::vector<ListenAddress>&, bool direct_tls,
                            std::vector<std::string>& opened);

  TrustStore trust_;
  BackendHealth health_;
  std::unique_ptr<HealthProber> prober_;
  std::vector<std::unique_ptr<StreamEvents>> shard_logs_;
  std::vector<std::unique_ptr<Shard>> shards_;
  // These go before the shards, whose inboxes they fill.
  std::unique_ptr<VerifierService> verifier_;
  std::unique_ptr<CredentialStore> credentials_;
  std::vector<std::string> starttls_;
  std::vector<std::string> direct_tls_;
  std::atomic<bool> draining_{false};
};

}  // namespace danegate
