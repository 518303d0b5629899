#include "proxy/ops/shard_log.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "proxy/ops/log_text.h"

namespace danegate {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kDetailLimit = 240;
constexpr std::size_t kStepLimit = 400;
// Of all steps of a verdict as they are written. What is usual takes a third of
// it; a zone that leads to many servers does not make a line long (E6).
constexpr std::size_t kStepsLimit = 4096;
// What may wait for the end of a turn.
constexpr std::size_t kMostWaiting = 32 * 1024;

std::chrono::microseconds SinceAccept(const StreamRecord& record) {
  return std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::system_clock::now() - record.accepted);
}

// Between whom the stream is, as far as that is known.
void AddEnds(LogLine& line, const StreamRecord& record) {
  line.AddIfAny("peer", record.peer);
  line.AddIfAny("to", record.to);
  line.AddIfAny("tenant", record.tenant);
}

// The `verdict` line gives the whole record that the `stream` line has no place
// for.
void AddAdvice(LogLine& line, std::string_view key, const std::string& text,
               std::size_t limit) {
  if (!text.empty()) line.Add(key, ClipBeforeRecord(text, limit));
}

Json ToJson(const EvidenceStep& step) {
  Json json;
  json["question"] =
      step.question.name + " " + std::string(ToString(step.question.type));
  json["status"] = ToString(step.status);
  json["security"] = ToString(step.security);
  if (!step.detail.empty() || !step.comparison.empty()) {
    json["detail"] =
        Clip(step.comparison.empty() ? step.detail
                                     : step.detail + ": " + step.comparison,
             kStepLimit);
  }
  json["at_ms"] = static_cast<double>(step.since_start.count()) / 1000.0;
  return json;
}

// The first ones, and how many are left out: `danegate explain` has them all.
void AddSteps(LogLine& line, const Evidence& evidence) {
  Json steps = Json::array();
  std::size_t octets = 0;
  for (const EvidenceStep& step : evidence.steps) {
    Json json = ToJson(step);
    octets += json.dump(-1, ' ', true, Json::error_handler_t::replace).size();
    if (octets > kStepsLimit) break;
    steps.push_back(std::move(json));
  }
  const std::size_t left_out = evidence.steps.size() - steps.size();
  line.AddJson("steps", steps);
  if (left_out > 0) line.Add("steps_left_out", left_out);
}

}  // namespace

void ShardLog::Write(LogLine line) {
  if (count_ > 0) lines_ += '\n';
  lines_ += line.Take();
  ++count_;
  if (lines_.size() > kMostWaiting) OnTurnEnd();
}

void ShardLog::OnTurnEnd() {
  if (count_ == 0) return;
  queue_.Post(std::exchange(lines_, {}), std::exchange(count_, 0));
}

void ShardLog::OnVerdict(const StreamRecord& record, const Verdict& verdict,
                         bool from_cache, std::chrono::microseconds took) {
  if (!queue_.Takes(LogLevel::kInfo)) return;
  LogLine line("verdict", LogLevel::kInfo);
  line.Add("stream", record.stream);
  AddEnds(line, record);
  line.Add("outcome", ToString(verdict.outcome()));
  line.AddIfAny("proof", record.proof);
  line.Add("reason", ToString(verdict.reason()));
  if (!verdict.refusing_list.empty()) {
    line.Add("setting", "proof." + std::string(verdict.refusing_list));
  }
  line.Add("from_cache", from_cache);
  line.AddIfAny("tlsa_owner", verdict.evidence.tlsa_owner, kStepLimit);
  line.AddIfAny("tlsa_record", verdict.evidence.tlsa_record, kStepLimit);
  line.AddIfAny("matched_name", verdict.evidence.matched_name);
  AddAdvice(line, "remedy", verdict.remedy, kStepLimit);
  AddSteps(line, verdict.evidence);
  line.AddMilliseconds("took_ms", took);
  line.Add("accepted", record.accepted);
  Write(std::move(line));
}

void ShardLog::OnEstablished(const StreamRecord& record) {
  if (!queue_.Takes(LogLevel::kInfo)) return;
  LogLine line("established", LogLevel::kInfo);
  line.Add("stream", record.stream);
  AddEnds(line, record);
  line.AddIfAny("proof", record.proof);
  line.Add("backend", record.backend);
  line.Add("accepted", record.accepted);
  line.AddMilliseconds("since_accept_ms", SinceAccept(record));
  Write(std::move(line));
}

void ShardLog::OnBackendSkipped(const StreamRecord& record,
                                const std::string& why) {
  WriteBackend("backend_skipped", record, why);
}

void ShardLog::OnBackendFailed(const StreamRecord& record,
                               const std::string& why) {
  WriteBackend("backend_failed", record, why);
}

void ShardLog::WriteBackend(const char* event, const StreamRecord& record,
                            const std::string& why) {
  if (!queue_.Takes(LogLevel::kWarning)) return;
  LogLine line(event, LogLevel::kWarning);
  line.Add("stream", record.stream);
  line.AddIfAny("to", record.to);
  line.AddIfAny("tenant", record.tenant);
  line.Add("backend", record.backend);
  line.AddIfAny("detail", why, kDetailLimit);
  Write(std::move(line));
}

void ShardLog::OnTrouble(const std::string& what) {
  if (!queue_.Takes(LogLevel::kWarning)) return;
  LogLine line("trouble", LogLevel::kWarning);
  line.Add("detail", what);
  Write(std::move(line));
}

void ShardLog::OnStreamEnd(const StreamRecord& record) {
  if (!queue_.Takes(LogLevel::kInfo)) return;
  LogLine line("stream", LogLevel::kInfo);
  line.Add("stream", record.stream);
  line.Add("remote", record.remote);
  line.Add("listener", record.listener);
  AddEnds(line, record);
  line.AddIfAny("sni", record.sni);
  line.AddIfAny("tls_version", record.tls_version);
  line.AddIfAny("cipher", record.cipher);
  if (record.outcome) line.Add("outcome", ToString(*record.outcome));
  line.AddIfAny("proof", record.proof);
  line.AddIfAny("proof_reason", record.proof_reason);
  line.AddIfAny("backend", record.backend);
  line.Add("established", record.established);
  line.AddIfAny("reason", record.reason);
  line.AddIfAny("condition", record.condition);
  AddAdvice(line, "detail", record.detail, kDetailLimit);
  line.Add("bytes_in", record.bytes_in);
  line.Add("bytes_out", record.bytes_out);
  line.Add("stanzas", record.stanzas);
  line.AddMilliseconds("duration_ms", SinceAccept(record));
  line.Add("accepted", record.accepted);
  Write(std::move(line));
}

}  // namespace danegate
