#include "bench/load/demo/demo_load.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include "bench/load/demo/interrupts.h"
#include "bench/load/handshakes/name_list.h"
#include "bench/load/streams/report.h"
#include "bench/load/streams/stream_run.h"
#include "bench/load/streams/streams.h"
#include "bench/load/tenants/tenant_names.h"

namespace danegate {
namespace {

constexpr char kStanza[] = "300";  // octets
constexpr std::size_t kAtATime = 16;
// Long enough for danegate to put away what it needs no more.
constexpr std::chrono::seconds kSilence{1};

Result<StreamPlan, std::string> ToStreams(const ScenarioPlan& plan,
                                          pid_t danegate) {
  LoadTarget target{{}, false};
  target.server.host = plan.starttls.host;
  target.server.port = plan.starttls.port;
  target.server.tls = BackendTls::kStartTls;
  auto names = ReadNames(plan.folder + "/" + kNamesFile);
  if (!names) return Failure(names.error());
  auto peers = ReadPeers(plan.folder + "/" + kPeersFolder, plan.peers);
  if (!peers) return Failure(peers.error());
  auto recorder = ToRecorderPlan(
      {.options = {"the backend", "its certificate", "its key"},
       .address = plan.backend.host + ":" + std::to_string(plan.backend.port),
       .tls = plan.backend_tls,
       .certificate_file = plan.folder + "/backend.pem",
       .key_file = plan.folder + "/backend.key"});
  if (!recorder) return Failure(recorder.error());
  return StreamPlan{.target = std::move(target),
                    .tenants = *std::move(names),
                    .peers = *std::move(peers),
                    .recorder = *std::move(recorder),
                    .process = danegate,
                    .most_at_a_time = kAtATime,
                    .stanzas = *StanzaMix::Parse(kStanza)};
}

void NoteReasons(const std::string& what, const Reasons& reasons,
                 DemoFigures* figures) {
  for (const auto& [reason, count] : reasons.by_reason()) {
    figures->mistakes.push_back(std::to_string(count) + " " + what + ": " +
                                reason);
  }
}

void NoteMistakes(const StreamReport& report, DemoFigures* figures) {
  NoteReasons("set-ups failed", report.tally.set_ups.failures, figures);
  NoteReasons("streams broke", report.tally.broken, figures);
  NoteReasons("streams failed at the backend", report.recorded->failures(),
              figures);
  const std::uint64_t lost = report.tally.stanzas.lost;
  const std::uint64_t wrong = report.recorded->out_of_order();
  if (lost > 0) {
    figures->mistakes.push_back(std::to_string(lost) + " stanzas were lost");
  }
  if (wrong > 0) {
    figures->mistakes.push_back(std::to_string(wrong) +
                                " stanzas came out of order");
  }
  if (!report.IsGood() && figures->mistakes.empty()) {
    figures->mistakes.push_back("a load was not completed");
  }
}

double PerSecond(std::uint64_t count, Duration took) {
  const double seconds = std::chrono::duration<double>(took).count();
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

Duration Each(const std::optional<Duration>& cpu, std::uint64_t count) {
  if (!cpu || count == 0) return Duration{0};
  return *cpu / static_cast<std::int64_t>(count);
}

// Runs the plan and notes what went wrong; `use` reads the figures. The result
// is why it could not be done, or empty.
template <typename Use>
std::string Load(const StreamPlan& plan, DemoFigures* figures, const Use& use) {
  StreamRun run(plan);
  std::string why = run.Run();
  Interrupts::Note();  // the run's loop had them
  if (run.tally().interrupted) Interrupts::Tell();
  if (Interrupts::any()) return "interrupted";
  if (!why.empty()) return why;
  const StreamReport report{plan, run.tally(), run.recorded()};
  NoteMistakes(report, figures);
  use(report);
  return "";
}

// Every peer has been here: what they all cost once is no stream's.
std::string WarmUp(StreamPlan plan, DemoFigures* figures) {
  plan.churn = true;
  plan.count = std::max(plan.peers.size(), plan.tenants.size());
  plan.most_at_a_time = 2;
  return Load(plan, figures, [](const StreamReport&) {});
}

std::string Hold(StreamPlan plan, const DemoRequest& request,
                 DemoFigures* figures) {
  plan.streams = request.streams;
  plan.idle = kSilence;
  return Load(plan, figures, [&](const StreamReport& report) {
    const auto& server = report.tally.server;
    if (!server.before || !server.idle) return;
    const double more = static_cast<double>(server.idle->resident_octets) -
                        static_cast<double>(server.before->resident_octets);
    figures->octets_a_stream =
        std::max(0.0, more / static_cast<double>(request.streams));
    const auto& stanzas = report.tally.stanzas;
    figures->stanzas_a_second = PerSecond(stanzas.recorded, stanzas.took);
    figures->stanza_cpu = Each(report.StanzaCpu(), stanzas.recorded);
  });
}

std::string HoldCalmly(StreamPlan plan, const DemoRequest& request,
                       DemoFigures* figures) {
  plan.streams = request.streams;
  plan.rate = figures->calm_rate = figures->stanzas_a_second / 2;
  return Load(plan, figures, [&](const StreamReport& report) {
    figures->stanza_times = report.recorded->times();
  });
}

std::string ComeAndGo(StreamPlan plan, DemoFigures* figures) {
  plan.churn = true;
  return Load(plan, figures, [&](const StreamReport& report) {
    const auto& set_ups = report.tally.set_ups;
    const std::uint64_t completed = set_ups.times.count();
    figures->setups_a_second = PerSecond(completed, set_ups.took);
    figures->setup_cpu = Each(report.SetUpCpu(), completed);
    figures->setup_times = set_ups.times;
  });
}

}  // namespace

Result<DemoFigures, std::string> MeasureDemo(const DemoRequest& request,
                                             const ScenarioPlan& scenario,
                                             pid_t danegate) {
  auto plan = ToStreams(scenario, danegate);
  if (!plan) return Failure(plan.error());
  plan->duration = std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(request.seconds));
  DemoFigures figures;
  figures.tenants = scenario.tenants;
  figures.peers = scenario.peers;
  figures.streams = request.streams;
  figures.stanza_octets = plan->stanzas.smallest();
  std::string why = WarmUp(*plan, &figures);
  if (why.empty()) why = Hold(*plan, request, &figures);
  if (why.empty() && figures.stanzas_a_second <= 0) {
    figures.mistakes.push_back("no stanza arrived");
    return figures;
  }
  if (why.empty()) why = HoldCalmly(*plan, request, &figures);
  if (why.empty()) why = ComeAndGo(*plan, &figures);
  if (!why.empty()) return Failure(std::move(why));
  return figures;
}

}  // namespace danegate
