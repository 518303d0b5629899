// AccessLog writes one JSON object a line: what happens to the edge as a whole,
// and, through a ShardLog for each shard, to its streams. Lines are written by
// a thread of their own (log_queue.h). Thread: any.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "proxy/ops/log_line.h"
#include "proxy/shard/health/health_prober.h"
#include "proxy/shard/stream_record.h"
#include "tenants/config/config_error.h"
#include "verifier/result.h"

namespace danegate {

class LogQueue;
struct TenantChanges;

class AccessLog final : public HealthEvents {
 public:
  // `file` empty: standard output. `level`: debug, info, warning or error. The
  // error says why the file cannot be written.
  static Result<std::unique_ptr<AccessLog>, std::string> Open(
      const std::string& file, const std::string& level);
  ~AccessLog();  // writes what is queued

  // The log of one shard's streams, which this outlives.
  std::unique_ptr<StreamEvents> ForShard();

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
  // A file that is taken up when the DNS says whether its certificates fit.
  void OnWaiting(const std::string& file);
  void Stopped();

  // Something that the operator should mend.
  void OnTrouble(const std::string& what);
  void OnBackendDown(const DownBackend&) override;
  void OnBackendUp(const HealthTarget&) override;

 private:
  explicit AccessLog(std::unique_ptr<LogQueue>);
  void Write(LogLine);

  std::unique_ptr<LogQueue> queue_;
};

}  // namespace danegate
