// AccessLog writes one JSON object a line: exactly one `stream` line for every
// connection when it is over, and before it the milestones `verdict` and
// `established`. Lines are queued and written by a thread of their own, so that
// a slow disk never stops a shard; when the queue overflows the oldest line is
// given up and counted.
//
// What peers decide is escaped and cut (E6). Thread: any.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "proxy/shard/health/health_prober.h"
#include "proxy/shard/stream_record.h"
#include "tenants/config/config_error.h"
#include "verifier/result.h"

namespace danegate {

struct TenantChanges;

class AccessLog final : public StreamEvents, public HealthEvents {
 public:
  // `file` empty: standard output. `level`: debug, info, warning or error. The
  // error says why the file cannot be written.
  static Result<std::unique_ptr<AccessLog>, std::string> Open(
      const std::string& file, const std::string& level);
  ~AccessLog() override;  // writes what is queued

  // The edge's own milestones.
  void Ready(const std::vector<std::string>& starttls,
             const std::vector<std::string>& direct_tls, std::size_t tenants);
  void Draining(const std::string& why);
  // Writes on into a new file of the old name, so that the old file may have
  // been renamed. What cannot be opened is said in the old one.
  void Reopen();
  // What came of changed files: which tenants are others now.
  void OnReload(const TenantChanges&, std::size_t tenants,
                std::chrono::microseconds took);
  // A mistake in a file, whose last good state goes on.
  void OnConfigError(const ConfigError&);
  void Stopped();

  void OnVerdict(const StreamRecord&, const Verdict&, bool from_cache,
                 std::chrono::microseconds took) override;
  void OnEstablished(const StreamRecord&) override;
  void OnBackendSkipped(const StreamRecord&, const std::string& why) override;
  void OnTrouble(const std::string& what) override;
  void OnStreamEnd(const StreamRecord&) override;
  void OnBackendDown(const DownBackend&) override;
  void OnBackendUp(const HealthTarget&) override;

 private:
  class Writer;
  explicit AccessLog(std::unique_ptr<Writer>);

  std::unique_ptr<Writer> writer_;
};

}  // namespace danegate
