// ShardLog writes the lines of one shard's streams: exactly one `stream` line
// for every connection when it is over, and before it the milestones `verdict`
// and `established`. They are handed to the log's queue at the end of a turn,
// all at once: waking its thread costs more than a line.
//
// Thread: the shard's. The queue outlives it.
#pragma once

#include <cstddef>
#include <string>

#include "proxy/ops/log_queue.h"
#include "proxy/shard/stream_record.h"

namespace danegate {

class ShardLog final : public StreamEvents {
 public:
  explicit ShardLog(LogQueue& queue) : queue_(queue) {}
  ~ShardLog() override { OnTurnEnd(); }

  void OnVerdict(const StreamRecord&, const Verdict&, bool from_cache,
                 std::chrono::microseconds took) override;
  void OnEstablished(const StreamRecord&) override;
  void OnBackendSkipped(const StreamRecord&, const std::string& why) override;
  void OnBackendFailed(const StreamRecord&, const std::string& why) override;
  void OnTrouble(const std::string& what) override;
  void OnStreamEnd(const StreamRecord&) override;
  void OnTurnEnd() override;

 private:
  void Write(LogLine);
  void WriteBackend(const char* event, const StreamRecord&,
                    const std::string& why);

  LogQueue& queue_;
  std::string lines_;  // of this turn
  std::size_t count_ = 0;
};

}  // namespace danegate
