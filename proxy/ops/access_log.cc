#include "proxy/ops/access_log.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "proxy/ops/log_line.h"
#include "proxy/ops/log_queue.h"
#include "proxy/ops/shard_log.h"
#include "tenants/tenant_book.h"

namespace danegate {
namespace {

constexpr std::size_t kDetailLimit = 240;
constexpr std::size_t kPlaceLimit = 240;
constexpr std::size_t kMessageLimit = 400;

void AddTarget(LogLine& line, const HealthTarget& target) {
  line.Add("backend", target.address());
  line.Add("check", ToString(target.check));
  if (target.to) line.Add("to", target.to->ascii());
}

}  // namespace

AccessLog::AccessLog(std::unique_ptr<LogQueue> queue)
    : queue_(std::move(queue)) {}
AccessLog::~AccessLog() = default;

Result<std::unique_ptr<AccessLog>, std::string> AccessLog::Open(
    const std::string& file, const std::string& level) {
  auto queue = LogQueue::Open(file, level);
  if (!queue) return Failure(queue.error());
  return std::unique_ptr<AccessLog>(new AccessLog(*std::move(queue)));
}

std::unique_ptr<StreamEvents> AccessLog::ForShard() {
  return std::make_unique<ShardLog>(*queue_);
}

void AccessLog::Write(LogLine line) {
  if (queue_->Takes(line.level())) queue_->Post(line.Take(), 1);
}

void AccessLog::Ready(const std::vector<std::string>& starttls,
                      const std::vector<std::string>& direct_tls,
                      std::size_t tenants) {
  LogLine line("ready", LogLevel::kInfo);
  line.AddJson("starttls", nlohmann::ordered_json(starttls));
  line.AddJson("direct_tls", nlohmann::ordered_json(direct_tls));
  line.Add("tenants", tenants);
  Write(std::move(line));
}

void AccessLog::Draining(const std::string& why) {
  LogLine line("draining", LogLevel::kInfo);
  line.Add("reason", why);
  Write(std::move(line));
}

void AccessLog::OnReload(const TenantChanges& changes, std::size_t tenants,
                         std::chrono::microseconds took) {
  // Thousands may have changed at once.
  constexpr std::size_t kMostNames = 20;
  LogLine line("reload", LogLevel::kInfo);
  line.Add("added", changes.added);
  line.Add("changed", changes.changed);
  line.Add("removed", changes.removed);
  line.Add("tenants", tenants);
  auto names = nlohmann::ordered_json::array();
  for (const auto& name : changes.tenants) {
    if (names.size() < kMostNames) names.push_back(name);
  }
  line.AddJson("names", names);
  line.AddMilliseconds("took_ms", took);
  Write(std::move(line));
}

void AccessLog::OnConfigError(const ConfigError& error) {
  LogLine line("config", error.warning ? LogLevel::kWarning : LogLevel::kError);
  line.AddIfAny("place", ToPlace(error.file, {error.line, error.column}),
                kPlaceLimit);
  line.AddIfAny("detail", error.message, kMessageLimit);
  Write(std::move(line));
}

void AccessLog::OnWaiting(const std::string& file) {
  LogLine line("waiting", LogLevel::kInfo);
  line.AddIfAny("place", file, kPlaceLimit);
  line.Add("detail", "waits for the DNS to say whether its certificate fits");
  Write(std::move(line));
}

void AccessLog::Stopped() {
  LogLine line("stopped", LogLevel::kInfo);
  line.Add("lost_lines", queue_->lost_lines());
  Write(std::move(line));
}

void AccessLog::Reopen() {
  const std::string why = queue_->Reopen();
  if (!why.empty()) return OnTrouble(why);
  Write(LogLine("reopened", LogLevel::kInfo));
}

void AccessLog::OnTrouble(const std::string& what) {
  LogLine line("trouble", LogLevel::kWarning);
  line.Add("detail", what);
  Write(std::move(line));
}

void AccessLog::OnBackendDown(const DownBackend& down) {
  LogLine line("backend_down", LogLevel::kWarning);
  AddTarget(line, down.target);
  line.AddIfAny("detail", down.why, kDetailLimit);
  Write(std::move(line));
}

void AccessLog::OnBackendUp(const HealthTarget& target) {
  LogLine line("backend_up", LogLevel::kInfo);
  AddTarget(line, target);
  Write(std::move(line));
}

}  // namespace danegate
