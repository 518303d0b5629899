#include "proxy/ops/access_log.h"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/dist_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "proxy/ops/log_text.h"
#include "tenants/tenant_book.h"

namespace danegate {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kQueuedLines = 8192;
// Long enough for every name that a person would choose; a `stream` line stays
// under 1 KiB whatever the peer sends (E6).
constexpr std::size_t kNameLimit = 128;
constexpr std::size_t kDetailLimit = 240;
constexpr std::size_t kStepLimit = 400;

double ToMilliseconds(std::chrono::microseconds duration) {
  return static_cast<double>(duration.count()) / 1000.0;
}

double SinceAccept(const StreamRecord& record) {
  return ToMilliseconds(std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::system_clock::now() - record.accepted));
}

// Fields that say nothing are left out.
void Add(Json& line, const char* key, std::string_view text,
         std::size_t limit = kNameLimit) {
  if (!text.empty()) line[key] = Clip(text, limit);
}

Json StepsOf(const Evidence& evidence) {
  Json steps = Json::array();
  for (const EvidenceStep& step : evidence.steps) {
    Json entry;
    entry["question"] =
        step.question.name + " " + std::string(ToString(step.question.type));
    entry["status"] = ToString(step.status);
    entry["security"] = ToString(step.security);
    Add(entry, "detail",
        step.comparison.empty() ? step.detail
                                : step.detail + ": " + step.comparison,
        kStepLimit);
    entry["at_ms"] = ToMilliseconds(step.since_start);
    steps.push_back(std::move(entry));
  }
  return steps;
}

void AddTarget(Json& line, const HealthTarget& target) {
  line["backend"] = target.address();
  line["check"] = ToString(target.check);
  if (target.to) line["to"] = target.to->ascii();
}

}  // namespace

class AccessLog::Writer {
 public:
  // Throws spdlog's error if the file cannot be written.
  Writer(std::string file, const std::string& level)
      : file_(std::move(file)),
        sinks_(
            std::make_shared<spdlog::sinks::dist_sink_mt>(std::vector{Open()})),
        pool_(std::make_shared<spdlog::details::thread_pool>(kQueuedLines, 1)),
        logger_(std::make_shared<spdlog::async_logger>(
            "danegate", sinks_, pool_,
            spdlog::async_overflow_policy::overrun_oldest)) {
    logger_->set_pattern("%v");
    logger_->set_level(spdlog::level::from_str(level));
    // A line that an operator waits for is on the disk at once.
    logger_->flush_on(spdlog::level::info);
  }

  static Json Begin(const char* event, spdlog::level::level_enum level) {
    Json line;
    line["time"] = ToRfc3339(std::chrono::system_clock::now());
    const auto name = spdlog::level::to_string_view(level);
    line["level"] = std::string(name.data(), name.size());
    line["event"] = event;
    return line;
  }

  void Write(const Json& line, spdlog::level::level_enum level) {
    logger_->log(level, spdlog::string_view_t(line.dump(
                            -1, ' ', true, Json::error_handler_t::replace)));
  }

  // Why the file cannot be opened again, or empty.
  std::string Reopen() {
    try {
      auto sink = Open();
      sink->set_pattern("%v");
      sinks_->set_sinks({std::move(sink)});
    } catch (const spdlog::spdlog_ex& error) {
      return "log.file: cannot open '" + file_ + "' again: " + error.what();
    }
    return "";
  }

  std::size_t lost_lines() const { return pool_->overrun_counter(); }

 private:
  spdlog::sink_ptr Open() const {
    if (file_.empty()) return std::make_shared<spdlog::sinks::stdout_sink_mt>();
    return std::make_shared<spdlog::sinks::basic_file_sink_mt>(file_);
  }

  const std::string file_;
  std::shared_ptr<spdlog::sinks::dist_sink_mt> sinks_;
  std::shared_ptr<spdlog::details::thread_pool> pool_;
  std::shared_ptr<spdlog::async_logger> logger_;
};

AccessLog::AccessLog(std::unique_ptr<Writer> writer)
    : writer_(std::move(writer)) {}
AccessLog::~AccessLog() = default;

Result<std::unique_ptr<AccessLog>, std::string> AccessLog::Open(
    const std::string& file, const std::string& level) {
  try {
    return std::unique_ptr<AccessLog>(
        new AccessLog(std::make_unique<Writer>(file, level)));
  } catch (const spdlog::spdlog_ex& error) {
    return Failure("log.file: cannot write '" + file + "': " + error.what());
  }
}

void AccessLog::Ready(const std::vector<std::string>& starttls,
                      const std::vector<std::string>& direct_tls,
                      std::size_t tenants) {
  Json line = Writer::Begin("ready", spdlog::level::info);
  line["starttls"] = starttls;
  line["direct_tls"] = direct_tls;
  line["tenants"] = tenants;
  writer_->Write(line, spdlog::level::info);
}

void AccessLog::Draining(const std::string& why) {
  Json line = Writer::Begin("draining", spdlog::level::info);
  line["reason"] = why;
  writer_->Write(line, spdlog::level::info);
}

void AccessLog::OnReload(const TenantChanges& changes, std::size_t tenants,
                         std::chrono::microseconds took) {
  // Thousands may have changed at once.
  constexpr std::size_t kMostNames = 20;
  Json line = Writer::Begin("reload", spdlog::level::info);
  line["added"] = changes.added;
  line["changed"] = changes.changed;
  line["removed"] = changes.removed;
  line["tenants"] = tenants;
  Json names = Json::array();
  for (const auto& name : changes.tenants) {
    if (names.size() < kMostNames) names.push_back(name);
  }
  line["names"] = std::move(names);
  line["took_ms"] = ToMilliseconds(took);
  writer_->Write(line, spdlog::level::info);
}

void AccessLog::OnConfigError(const ConfigError& error) {
  const auto level = error.warning ? spdlog::level::warn : spdlog::level::err;
  Json line = Writer::Begin("config", level);
  Add(line, "place", ToPlace(error.file, {error.line, error.column}),
      kDetailLimit);
  Add(line, "detail", error.message, kStepLimit);
  writer_->Write(line, level);
}

void AccessLog::Stopped() {
  Json line = Writer::Begin("stopped", spdlog::level::info);
  line["lost_lines"] = writer_->lost_lines();
  writer_->Write(line, spdlog::level::info);
}

void AccessLog::Reopen() {
  const std::string why = writer_->Reopen();
  if (!why.empty()) return OnTrouble(why);
  writer_->Write(Writer::Begin("reopened", spdlog::level::info),
                 spdlog::level::info);
}

void AccessLog::OnTrouble(const std::string& what) {
  Json line = Writer::Begin("trouble", spdlog::level::warn);
  line["detail"] = what;
  writer_->Write(line, spdlog::level::warn);
}

void AccessLog::OnBackendSkipped(const StreamRecord& record,
                                 const std::string& why) {
  Json line = Writer::Begin("backend_skipped", spdlog::level::warn);
  line["stream"] = record.stream;
  Add(line, "to", record.to);
  Add(line, "tenant", record.tenant);
  line["backend"] = record.backend;
  Add(line, "detail", why, kDetailLimit);
  writer_->Write(line, spdlog::level::warn);
}

void AccessLog::OnBackendDown(const DownBackend& down) {
  Json line = Writer::Begin("backend_down", spdlog::level::warn);
  AddTarget(line, down.target);
  Add(line, "detail", down.why, kDetailLimit);
  writer_->Write(line, spdlog::level::warn);
}

void AccessLog::OnBackendUp(const HealthTarget& target) {
  Json line = Writer::Begin("backend_up", spdlog::level::info);
  AddTarget(line, target);
  writer_->Write(line, spdlog::level::info);
}

void AccessLog::OnVerdict(const StreamRecord& record, const Verdict& verdict,
                          bool from_cache, std::chrono::microseconds took) {
  Json line = Writer::Begin("verdict", spdlog::level::info);
  line["stream"] = record.stream;
  Add(line, "peer", record.peer);
  Add(line, "to", record.to);
  Add(line, "tenant", record.tenant);
  line["outcome"] = ToString(verdict.outcome());
  Add(line, "proof", record.proof);
  line["reason"] = ToString(verdict.reason());
  line["from_cache"] = from_cache;
  Add(line, "tlsa_owner", verdict.evidence.tlsa_owner, kStepLimit);
  Add(line, "tlsa_record", verdict.evidence.tlsa_record, kStepLimit);
  Add(line, "matched_name", verdict.evidence.matched_name);
  Add(line, "remedy", verdict.remedy, kStepLimit);
  line["steps"] = StepsOf(verdict.evidence);
  line["took_ms"] = ToMilliseconds(took);
  line["accepted"] = ToRfc3339(record.accepted);
  writer_->Write(line, spdlog::level::info);
}

void AccessLog::OnEstablished(const StreamRecord& record) {
  Json line = Writer::Begin("established", spdlog::level::info);
  line["stream"] = record.stream;
  Add(line, "peer", record.peer);
  Add(line, "to", record.to);
  Add(line, "tenant", record.tenant);
  Add(line, "proof", record.proof);
  line["backend"] = record.backend;
  line["accepted"] = ToRfc3339(record.accepted);
  line["since_accept_ms"] = SinceAccept(record);
  writer_->Write(line, spdlog::level::info);
}

void AccessLog::OnStreamEnd(const StreamRecord& record) {
  Json line = Writer::Begin("stream", spdlog::level::info);
  line["stream"] = record.stream;
  line["remote"] = record.remote;
  line["listener"] = record.listener;
  Add(line, "peer", record.peer);
  Add(line, "to", record.to);
  Add(line, "tenant", record.tenant);
  Add(line, "sni", record.sni);
  Add(line, "tls_version", record.tls_version);
  Add(line, "cipher", record.cipher);
  if (record.outcome) line["outcome"] = ToString(*record.outcome);
  Add(line, "proof", record.proof);
  Add(line, "proof_reason", record.proof_reason);
  Add(line, "backend", record.backend);
  line["established"] = record.established;
  Add(line, "reason", record.reason);
  Add(line, "condition", record.condition);
  Add(line, "detail", record.detail, kDetailLimit);
  line["bytes_in"] = record.bytes_in;
  line["bytes_out"] = record.bytes_out;
  line["stanzas"] = record.stanzas;
  line["duration_ms"] = SinceAccept(record);
  line["accepted"] = ToRfc3339(record.accepted);
  writer_->Write(line, spdlog::level::info);
}

}  // namespace danegate
