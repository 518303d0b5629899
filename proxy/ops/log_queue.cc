#include "proxy/ops/log_queue.h"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/dist_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <mutex>
#include <utility>

namespace danegate {
namespace {

// Posts; each holds what a shard's turn had to say.
constexpr std::size_t kQueued = 8192;
// That many are left for those who have looked at the same time: more than
// there are threads, so that spdlog itself never drops one.
constexpr std::size_t kSpare = 256;
// Of all posts that are not written yet.
constexpr std::size_t kQueuedOctets = 8 * 1024 * 1024;

// A line that an operator waits for is on the disk at once; of many that come
// together the last one takes the others along.
class FlushingSink final : public spdlog::sinks::dist_sink<std::mutex> {
 public:
  FlushingSink(spdlog::sink_ptr file, spdlog::details::thread_pool& queue)
      : dist_sink({std::move(file)}), queue_(queue) {}

  // Octets that have been posted and are not written.
  std::atomic<std::size_t> octets{0};

 private:
  void sink_it_(const spdlog::details::log_msg& lines) override {
    dist_sink::sink_it_(lines);
    octets -= lines.payload.size();
    if (queue_.queue_size() == 0) flush_();
  }

  spdlog::details::thread_pool& queue_;  // whose thread calls
};

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

class LogQueue::Writer {
 public:
  // Throws spdlog's error if the file cannot be written.
  Writer(std::string file, const std::string& level)
      : file_(std::move(file)),
        level_(spdlog::level::from_str(level)),
        pool_(std::make_shared<spdlog::details::thread_pool>(kQueued, 1)),
        sinks_(std::make_shared<FlushingSink>(Open(), *pool_)),
        logger_(std::make_shared<spdlog::async_logger>(
            "danegate", sinks_, pool_,
            spdlog::async_overflow_policy::overrun_oldest)) {
    logger_->set_pattern("%v");
  }

  bool Takes(LogLevel level) const { return ToSpdlog(level) >= level_; }

  void Post(const std::string& lines, std::size_t count) {
    if (pool_->queue_size() >= kQueued - kSpare ||
        sinks_->octets >= kQueuedOctets) {
      given_up_ += count;
      return;
    }
    sinks_->octets += lines.size();
    logger_->info(spdlog::string_view_t(lines));
  }

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

  std::size_t lost_lines() const { return given_up_; }

 private:
  spdlog::sink_ptr Open() const {
    if (file_.empty()) return std::make_shared<spdlog::sinks::stdout_sink_mt>();
    return std::make_shared<spdlog::sinks::basic_file_sink_mt>(file_);
  }

  const std::string file_;
  const spdlog::level::level_enum level_;
  std::atomic<std::size_t> given_up_{0};
  std::shared_ptr<spdlog::details::thread_pool> pool_;
  std::shared_ptr<FlushingSink> sinks_;
  std::shared_ptr<spdlog::async_logger> logger_;
};

LogQueue::LogQueue(std::unique_ptr<Writer> writer)
    : writer_(std::move(writer)) {}
LogQueue::~LogQueue() = default;

Result<std::unique_ptr<LogQueue>, std::string> LogQueue::Open(
    const std::string& file, const std::string& level) {
  try {
    return std::unique_ptr<LogQueue>(
        new LogQueue(std::make_unique<Writer>(file, level)));
  } catch (const spdlog::spdlog_ex& error) {
    return Failure("log.file: cannot write '" + file + "': " + error.what());
  }
}

bool LogQueue::Takes(LogLevel level) const { return writer_->Takes(level); }

void LogQueue::Post(std::string lines, std::size_t count) {
  writer_->Post(lines, count);
}

std::string LogQueue::Reopen() { return writer_->Reopen(); }

std::size_t LogQueue::lost_lines() const { return writer_->lost_lines(); }

}  // namespace danegate
