// HealthProber checks the backends that tenants want checked, on a thread and a
// loop of its own, and tells BackendHealth and the log what has changed.
//
// Life: Start(), Stop(); Watch() from any thread, at any time between the
// constructor and Stop(), also before Start().
#pragma once

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "proxy/net/loop.h"
#include "proxy/shard/health/backend_health.h"
#include "proxy/shard/health/health_probe.h"
#include "proxy/shard/health/health_schedule.h"
#include "proxy/tls/client_context.h"
#include "verifier/mailbox.h"

namespace danegate {

// Called on the prober's thread; must not block.
class HealthEvents {
 public:
  virtual void OnBackendDown(const DownBackend&) = 0;
  virtual void OnBackendUp(const HealthTarget&) = 0;

 protected:
  ~HealthEvents() = default;
};

class HealthProber {
 public:
  // `from`: who we say that we are in checks by XMPP. Both outlive it.
  HealthProber(Domain from, BackendHealth&, HealthEvents&);
  ~HealthProber();
  HealthProber(const HealthProber&) = delete;
  HealthProber& operator=(const HealthProber&) = delete;

  void Start();
  void Stop();
  // The complete list, HealthTargetsOf() all tenants. What is known of those
  // that stay is kept. Any thread.
  void Watch(std::vector<HealthTarget>);

 private:
  // How often results are looked at; with kMostAtOnce, a bound of the rate.
  static constexpr std::chrono::milliseconds kTick{50};

  void Run();
  void OnLists();
  void OnTick();
  void Judge(const HealthProbe&, Instant now);

  const Domain from_;
  BackendHealth& health_;
  HealthEvents& events_;
  Mailbox<std::vector<HealthTarget>> lists_;
  HealthSchedule schedule_;
  Loop loop_;
  const ClientContext context_;
  std::vector<std::unique_ptr<HealthProbe>> probes_;
  Waker list_waker_;
  Waker stop_waker_;
  Ticker ticker_;
  std::thread thread_;
};

}  // namespace danegate
