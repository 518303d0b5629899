#include "proxy/shard/health/health_prober.h"

#include <random>
#include <utility>

#include "verifier/clock.h"

namespace danegate {
namespace {

std::function<std::uint64_t()> RandomBits() {
  return [engine = std::mt19937_64(std::random_device()())]() mutable {
    return engine();
  };
}

}  // namespace

HealthProber::HealthProber(Domain from, BackendHealth& health,
                           HealthEvents& events)
    : from_(std::move(from)),
      health_(health),
      events_(events),
      schedule_(RandomBits()),
      list_waker_(loop_, [this] { OnLists(); }),
      stop_waker_(loop_, [this] { loop_.Stop(); }),
      ticker_(loop_, kTick, [this] { OnTick(); }) {}

HealthProber::~HealthProber() { Stop(); }

void HealthProber::Start() {
  thread_ = std::thread([this] { Run(); });
}

void HealthProber::Stop() {
  if (!thread_.joinable()) return;
  stop_waker_.Wake();
  thread_.join();
}

void HealthProber::Watch(std::vector<HealthTarget> targets) {
  lists_.Put(std::move(targets));
  list_waker_.Wake();
}

void HealthProber::Run() {
  loop_.Run();
  probes_.clear();
  TcpLink::CutOffLingering(loop_);
}

void HealthProber::OnLists() {
  auto lists = lists_.Drain();
  if (lists.empty()) return;
  const Instant now = ReadNow().monotonic;
  for (const auto& gone : schedule_.Watch(std::move(lists.back()), now)) {
    health_.SetUp(gone);
  }
  if (!ticker_.running()) ticker_.Start();
}

void HealthProber::OnTick() {
  const Instant now = ReadNow().monotonic;
  for (const auto& probe : probes_) {
    probe->OnTime(now);
    if (probe->outcome()) Judge(*probe, now);
  }
  std::erase_if(probes_,
                [](const auto& probe) { return probe->outcome().has_value(); });
  while (const auto target = schedule_.Begin(now)) {
    probes_.push_back(
        std::make_unique<HealthProbe>(loop_, context_, *target, from_, now));
  }
  if (schedule_.empty() && probes_.empty()) ticker_.Stop();
}

void HealthProber::Judge(const HealthProbe& probe, Instant now) {
  const HealthTarget& target = probe.target();
  switch (schedule_.OnResult(target, probe.outcome()->empty(), now)) {
    case HealthSchedule::Change::kNone:
      return;
    case HealthSchedule::Change::kDown: {
      const DownBackend down{target, *probe.outcome(),
                             std::chrono::system_clock::now()};
      health_.SetDown(down);
      return events_.OnBackendDown(down);
    }
    case HealthSchedule::Change::kUp:
      health_.SetUp(target);
      return events_.OnBackendUp(target);
  }
}

}  // namespace danegate
