// LogQueue takes finished lines of the log to a file or to standard output, on
// a thread of its own, so that a slow disk never stops a shard. When 8 MiB are
// not written yet, what comes is given up and counted. The door to spdlog.
// Thread: any.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "proxy/ops/log_line.h"
#include "verifier/result.h"

namespace danegate {

class LogQueue {
 public:
  // `file` empty: standard output. `level`: debug, info, warning or error. The
  // error says why the file cannot be written.
  static Result<std::unique_ptr<LogQueue>, std::string> Open(
      const std::string& file, const std::string& level);
  ~LogQueue();  // writes what is queued

  // Whether lines of the level are wanted at all.
  bool Takes(LogLevel) const;
  // Takes `count` lines, with line ends between them.
  void Post(std::string lines, std::size_t count);
  // Writes on into a new file of the old name. Why it cannot be opened, or
  // empty; then the old one goes on.
  std::string Reopen();

  std::size_t lost_lines() const;

 private:
  class Writer;
  explicit LogQueue(std::unique_ptr<Writer>);

  std::unique_ptr<Writer> writer_;
};

}  // namespace danegate
