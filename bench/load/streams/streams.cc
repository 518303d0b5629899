#include "bench/load/streams/streams.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>
#include <utility>

#include "bench/load/chart/svg.h"
#include "bench/load/fail.h"
#include "bench/load/handshakes/name_list.h"
#include "bench/load/report_parts.h"
#include "bench/load/streams/report.h"
#include "bench/load/streams/stream_run.h"
#include "proxy/command/exit_status.h"
#include "proxy/ops/process.h"
#include "tenants/config/address.h"

namespace danegate {
namespace {

constexpr std::size_t kSpareFiles = 100;

Duration ToDuration(double seconds) {
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(seconds));
}

std::optional<Duration> ToDuration(std::optional<double> seconds) {
  if (!seconds) return std::nullopt;
  return ToDuration(*seconds);
}

Result<LoadTarget, std::string> ToTarget(const StreamsRequest& request) {
  const auto address = ParseConfiguredAddress(request.target);
  if (!address) return Failure("--target: " + address.error());
  LoadTarget target{{}, !request.starttls};
  target.server.host = address->host;
  target.server.port = address->port;
  target.server.tls =
      request.starttls ? BackendTls::kStartTls : BackendTls::kDirect;
  return target;
}

// Two for each stream where the recorder is here too.
std::size_t FilesOfStream(const StreamsRequest& request) {
  return request.recorder.address.empty() ? 1 : 2;
}

// How many set-ups may be under way. A rate begins what is due, whatever
// becomes of those before: as many as there are files for.
std::size_t MostAtATime(const StreamsRequest& request) {
  if (!request.set_up_rate) return request.concurrency;
  const std::size_t files =
      MaxOpenFiles() - std::min(MaxOpenFiles(), kSpareFiles);
  return std::max<std::size_t>(files / FilesOfStream(request), 1);
}

std::string WhyTooMany(const StreamsRequest& request, std::size_t streams) {
  const std::size_t each = FilesOfStream(request);
  if (streams * each + kSpareFiles <= MaxOpenFiles()) return "";
  return std::to_string(streams) + " streams at a time need " +
         std::to_string(streams * each + kSpareFiles) +
         " open files; this process may have " +
         std::to_string(MaxOpenFiles()) + ": take fewer, or raise ulimit -n";
}

std::string WhyTooSmall(const StreamPlan& plan) {
  const auto& peer = *std::max_element(
      plan.peers.begin(), plan.peers.end(), [](const auto& a, const auto& b) {
        return a.domain.ascii().size() < b.domain.ascii().size();
      });
  const auto& tenant =
      *std::max_element(plan.tenants.begin(), plan.tenants.end(),
                        [](const auto& a, const auto& b) {
                          return a.ascii().size() < b.ascii().size();
                        });
  const std::size_t least = StanzaWriter(peer.domain, tenant).least_size();
  if (plan.stanzas.smallest() >= least) return "";
  return "--stanzas: expected at least " + std::to_string(least) +
         " octets, which the names and the mark of a stanza need; got " +
         std::to_string(plan.stanzas.smallest());
}

// What cannot be done together.
std::string WhyImpossible(const StreamsRequest& request) {
  if (request.set_ups && !request.count && !request.seconds) {
    return "--setups: expected --count or --duration too";
  }
  if (!request.set_ups && request.seconds && !request.rate &&
      request.recorder.address.empty()) {
    return "--window: only a recorder in this process (--backend) knows what "
           "has arrived; without one give --rate";
  }
  return WhyTooMany(request,
                    request.set_ups ? MostAtATime(request) : request.streams);
}

Result<StreamPlan, std::string> ToPlan(const StreamsRequest& request) {
  if (auto why = WhyImpossible(request); !why.empty()) return Failure(why);
  auto target = ToTarget(request);
  if (!target) return Failure(target.error());
  auto tenants = ReadNames(request.names_file);
  if (!tenants) return Failure("--names: " + tenants.error());
  const std::size_t most = request.set_ups
                               ? std::numeric_limits<std::size_t>::max()
                               : request.streams;
  auto peers = ReadPeers(request.peers_folder, most);
  if (!peers) return Failure("--peers: " + peers.error());
  auto mix = StanzaMix::Parse(request.stanzas);
  if (!mix) return Failure("--stanzas: " + mix.error());
  StreamPlan plan{.target = *std::move(target),
                  .tenants = *std::move(tenants),
                  .peers = *std::move(peers),
                  .recorder = {},
                  .process = request.process,
                  .setup_rate = request.set_up_rate,
                  .most_at_a_time = MostAtATime(request),
                  .churn = request.set_ups,
                  .count = request.count,
                  .streams = request.streams,
                  .idle = ToDuration(request.idle_seconds),
                  .duration = ToDuration(request.seconds),
                  .stanzas = *std::move(mix),
                  .kind = request.body,
                  .rate = request.rate,
                  .window = request.window,
                  .rest = ToDuration(request.rest_seconds)};
  if (auto why = WhyTooSmall(plan); !why.empty()) return Failure(why);
  if (request.recorder.address.empty()) return plan;
  auto recorder = ToRecorderPlan(request.recorder);
  if (!recorder) return Failure(recorder.error());
  plan.recorder = *std::move(recorder);
  return plan;
}

// Empty if all is well, or there is nothing to draw.
std::string Draw(const StreamsRequest& request, const StreamReport& report) {
  if (request.svg_file.empty()) return "";
  const StreamTally& tally = report.tally;
  std::vector<Panel> panels = {
      LatencyPanel("latency of a set-up", tally.set_ups.times),
      RatePanel("completed set-ups", tally.set_up_samples)};
  if (report.recorded != nullptr) {
    panels.push_back(
        LatencyPanel("latency of a stanza", report.recorded->times()));
  }
  panels.push_back(RatePanel(
      report.recorded != nullptr ? "recorded stanzas" : "sent stanzas",
      tally.stanza_samples));
  return WriteSvg(
      request.svg_file,
      "streams with " + report.plan.target.server.ToString() +
          (report.plan.target.direct_tls ? ", direct TLS" : ", STARTTLS"),
      panels);
}

}  // namespace

int RunStreams(const StreamsRequest& request) {
  PrepareProcess();
  const auto plan = ToPlan(request);
  if (!plan) return Fail(kExitUsage, plan.error());
  if (plan->process && !ReadProcessUsage(*plan->process)) {
    return Fail(kExitUsage,
                "--pid: there is no process " + std::to_string(*plan->process));
  }
  StreamRun run(*plan);
  if (const std::string why = run.Run(); !why.empty()) {
    return Fail(kExitBad, why);
  }
  const StreamReport report{*plan, run.tally(), run.recorded()};
  const std::string text =
      request.json ? ToJson(report) : ToText(report, Ink::For(stdout));
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
  if (plan->setup_rate) WarnOfPace(run.tally().set_ups.pace, "set-ups");
  if (const std::string why = Draw(request, report); !why.empty()) {
    return Fail(kExitBad, why);
  }
  return report.IsGood() ? kExitGood : kExitBad;
}

}  // namespace danegate
