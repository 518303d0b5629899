#include "bench/load/handshakes/handshake_run.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include "bench/load/figures.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

// How exactly a rate is kept.
constexpr std::chrono::milliseconds kTick{1};

double ToSeconds(Duration time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

struct HandshakeRun::Handshake {
  Handshake(HandshakeRun& run, std::uint64_t id, const LoadPeer& peer,
            const Domain& wanted, Instant now)
      : name(wanted),
        began(now),
        deadline(id),
        session(run.context_, peer, wanted, run.plan_.direct_tls,
                [&run, id] { run.OnEnded(id); }) {}

  std::string Start(HandshakeRun& run) {
    const Instant until = began + kTimeLimit;
    run.wheel_.Set(deadline, until);
    return session.Start(run.loop_, run.plan_.target, until);
  }

  const Domain& name;
  const Instant began;
  Deadline deadline;
  HandshakeSession session;
};

HandshakeRun::HandshakeRun(const HandshakePlan& plan, CertificateCheck& check)
    : plan_(plan),
      check_(check),
      order_(plan.names.size(), plan.seed),
      wheel_(MonotonicNow()),
      turn_end_(loop_, [this] { OnTurnEnd(); }),
      ticker_(loop_, kTick, [this] { OnTick(); }) {}

HandshakeRun::~HandshakeRun() = default;

void HandshakeRun::Run() {
  // They also keep the loop alive between two handshakes.
  Signal interrupt(loop_, SIGINT, [this] { OnSignal(); });
  Signal terminate(loop_, SIGTERM, [this] { OnSignal(); });
  begin_ = last_end_ = MonotonicNow();
  pace_.emplace(LoadPace::Terms{plan_.rate, plan_.most_at_a_time, plan_.count,
                                plan_.duration},
                begin_);
  samples_.Begin(begin_);
  progress_.emplace();
  ticker_.Start();
  BeginWhatIsDue(begin_);
  loop_.Run();
  ticker_.Stop();
  progress_.reset();
  samples_.Add(MonotonicNow(), tally_.completed());
  tally_.OnMissed(pace_->CountMissed());
}

void HandshakeRun::OnSignal() {
  if (interrupted_) {
    for (auto& [id, handshake] : handshakes_) {
      tally_.OnFailed("interrupted");
      pace_->OnOver();
      ended_.push_back(std::move(handshake));
    }
    handshakes_.clear();
  }
  interrupted_ = true;
  pace_->End();
}

void HandshakeRun::OnTick() {
  const Instant now = MonotonicNow();
  ExpireDue(now);
  BeginWhatIsDue(now);
  if (samples_.IsDue(now)) samples_.Add(now, tally_.completed());
  if (progress_->IsDue(now)) ShowProgress(now);
}

void HandshakeRun::OnTurnEnd() {
  ended_.clear();
  const Instant now = MonotonicNow();
  if (!plan_.rate) BeginWhatIsDue(now);
  if (pace_->IsOver(now)) loop_.Stop();
}

// One turn begins a bounded number, so that a server which refuses at once does
// not keep the loop from turning.
void HandshakeRun::BeginWhatIsDue(Instant now) {
  for (std::size_t i = 0; i < plan_.most_at_a_time; ++i) {
    const auto delay = pace_->Take(now);
    if (!delay) return;
    Begin(now, *delay);
  }
}

void HandshakeRun::Begin(Instant now, Duration delay) {
  tally_.OnBegun(delay);
  const std::uint64_t id = next_id_++;
  auto handshake = std::make_unique<Handshake>(
      *this, id, plan_.peers[id % plan_.peers.size()],
      plan_.names[order_.Next()], MonotonicNow());
  if (const std::string why = handshake->Start(*this); !why.empty()) {
    tally_.OnFailed("connect: " + why);
    pace_->OnOver();
    last_end_ = now;
    return;
  }
  handshakes_.emplace(id, std::move(handshake));
}

void HandshakeRun::OnEnded(std::uint64_t id) {
  const auto found = handshakes_.find(id);
  if (found == handshakes_.end()) return;  // interrupted
  last_end_ = MonotonicNow();
  pace_->OnOver();
  Count(*found->second);
  found->second->deadline.Cancel();
  ended_.push_back(std::move(found->second));
  handshakes_.erase(found);
}

void HandshakeRun::Count(const Handshake& handshake) {
  const HandshakeSession& session = handshake.session;
  if (!session.error().empty()) {
    return tally_.OnFailed(std::string(ToString(session.step())) + ": " +
                           session.error());
  }
  tally_.OnCompleted(
      session.secured_at() - handshake.began,
      check_.WhyWrong(session.chain(), handshake.name, ReadNow().wall));
}

void HandshakeRun::ExpireDue(Instant now) {
  for (const std::uint64_t id : wheel_.TakeDue(now)) {
    const auto found = handshakes_.find(id);
    if (found != handshakes_.end()) found->second->session.OnDeadline(now);
  }
}

void HandshakeRun::ShowProgress(Instant now) {
  const double seconds = ToSeconds(now - begin_);
  double share = 0;
  if (plan_.count) {
    share =
        static_cast<double>(tally_.begun()) / static_cast<double>(*plan_.count);
  }
  if (plan_.duration) {
    share = std::max(share, seconds / ToSeconds(*plan_.duration));
  }
  progress_->Show(
      ToBar(static_cast<std::uint64_t>(share * 1000), 1000) + "  " +
          ToGrouped(tally_.completed()) + " completed, " +
          ToDecimal(static_cast<double>(tally_.completed()) / seconds, 0) +
          "/s, " + ToGrouped(tally_.failures().total()) + " failed, " +
          ToGrouped(tally_.wrong().total()) + " wrong",
      now);
}

}  // namespace danegate
