#include "bench/load/recorder/backend.h"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>

#include "bench/load/fail.h"
#include "bench/load/figures.h"
#include "bench/load/measure/process_usage.h"
#include "bench/load/progress.h"
#include "bench/load/recorder/backend_report.h"
#include "proxy/command/exit_status.h"
#include "proxy/net/loop.h"
#include "proxy/ops/process.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

constexpr std::chrono::milliseconds kTick{20};

// A recorder with a loop of its own, until it is told to end.
class BackendRun {
 public:
  explicit BackendRun(const BackendRequest& request)
      : seconds_(request.seconds),
        ticker_(loop_, kTick, [this] { OnTick(); }) {}

  // The error says why it cannot listen.
  std::string Run(const RecorderPlan& plan) {
    auto opened =
        Recorder::Open(loop_, plan, [this](const StanzaMark&) { OnStanza(); });
    if (!opened) return opened.error();
    recorder_ = *std::move(opened);
    Signal interrupt(loop_, SIGINT, [this] { loop_.Stop(); });
    Signal terminate(loop_, SIGTERM, [this] { loop_.Stop(); });
    began_ = MonotonicNow();
    progress_.emplace();
    ticker_.Start();
    loop_.Run();
    ticker_.Stop();
    progress_.reset();
    return "";
  }

  const Recorder& recorder() const { return *recorder_; }
  Duration took() const { return last_ - first_; }

 private:
  void OnStanza() {
    last_ = MonotonicNow();
    if (recorder_->tally().stanzas() == 1) first_ = last_;
  }
  void OnTick() {
    const Instant now = MonotonicNow();
    if (progress_->IsDue(now)) {
      progress_->Show(ToGrouped(recorder_->streams()) + " streams, " +
                          ToGrouped(recorder_->tally().stanzas()) + " stanzas",
                      now);
    }
    const std::chrono::duration<double> passed = now - began_;
    if (seconds_ && passed.count() >= *seconds_) loop_.Stop();
  }

  const std::optional<double> seconds_;
  Loop loop_;
  std::unique_ptr<Recorder> recorder_;
  Instant began_;
  Instant first_;
  Instant last_;
  std::optional<Progress> progress_;
  Ticker ticker_;
};

}  // namespace

int RunBackend(const BackendRequest& request) {
  PrepareProcess();
  RecorderRequest recorder = request.recorder;
  recorder.tls = request.direct ? BackendTls::kDirect : BackendTls::kStartTls;
  const auto plan = ToRecorderPlan(recorder);
  if (!plan) return Fail(kExitUsage, plan.error());
  BackendRun run(request);
  if (const std::string why = run.Run(*plan); !why.empty()) {
    return Fail(kExitBad, why);
  }
  const auto usage = ReadProcessUsage(::getpid());
  const BackendReport report{*plan, run.recorder().tally(),
                             run.recorder().streams(), run.took(),
                             usage ? usage->cpu : Duration::zero()};
  const std::string text =
      request.json ? ToJson(report) : ToText(report, Ink::For(stdout));
  std::fputs(text.c_str(), stdout);
  return report.IsGood() ? kExitGood : kExitBad;
}

}  // namespace danegate
