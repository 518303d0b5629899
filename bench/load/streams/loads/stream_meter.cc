#include "bench/load/streams/loads/stream_meter.h"

#include <unistd.h>

#include <algorithm>

namespace danegate {
namespace {

std::optional<ProcessUsage> UsageOf(pid_t process) {
  const auto usage = ReadProcessUsage(process);
  return usage ? std::optional(*usage) : std::nullopt;
}

}  // namespace

StreamMeter::StreamMeter(const StreamPlan& plan, const Recorder* recorder,
                         StreamTally& tally)
    : plan_(plan), recorder_(recorder), tally_(tally) {}

void StreamMeter::Begin() {
  own_before_ = UsageOf(::getpid());
  tally_.server.before = ServerUsage();
}

void StreamMeter::BeginSetUps(Instant now) {
  tally_.set_up_samples.Begin(now);
  set_ups_began_ = stanzas_began_ = last_recorded_ = now;
}

void StreamMeter::OnSetUp(Instant due, Instant now) {
  tally_.set_ups.times.Add(now - due);
  tally_.set_ups.took = now - set_ups_began_;
}

void StreamMeter::EndSetUps(std::uint64_t missed, Instant now) {
  tally_.set_ups.pace.OnMissed(missed);
  tally_.server.set_up = ServerUsage();
  tally_.set_up_samples.Add(now, tally_.set_ups.times.count());
}

void StreamMeter::EndIdle() { tally_.server.idle = ServerUsage(); }

void StreamMeter::BeginStanzas(Instant now) {
  tally_.stanza_samples.Begin(now);
  stanzas_began_ = last_recorded_ = now;
}

void StreamMeter::OnSent(std::size_t octets) {
  ++tally_.stanzas.sent;
  if (!recorder_) tally_.stanzas.octets += octets;
}

void StreamMeter::EndStanzas(Instant now) {
  tally_.server.sent = ServerUsage();
  // They have none where BeginStanzas() was not called.
  if (!tally_.stanza_samples.all().empty()) {
    tally_.stanza_samples.Add(now, stanzas());
  }
  auto& counts = tally_.stanzas;
  if (!recorder_) {
    counts.took = now - stanzas_began_;
    return;
  }
  counts.recorded = stanzas();
  counts.lost = counts.sent - std::min(counts.sent, counts.recorded);
  counts.octets = recorder_->tally().octets();
  counts.took = last_recorded_ - stanzas_began_;
}

void StreamMeter::EndRest() { tally_.server.rest = ServerUsage(); }

void StreamMeter::End() {
  tally_.server.end = ServerUsage();
  if (const auto own = UsageOf(::getpid()); own && own_before_) {
    tally_.generator_cpu = own->cpu - own_before_->cpu;
  }
}

void StreamMeter::TakeSample(StreamPhase phase, Instant now) {
  Samples& set_up_samples = tally_.set_up_samples;
  Samples& stanza_samples = tally_.stanza_samples;
  if (phase == StreamPhase::kSetUp && set_up_samples.IsDue(now)) {
    set_up_samples.Add(now, tally_.set_ups.times.count());
  }
  const bool sends =
      phase == StreamPhase::kSend || phase == StreamPhase::kRecord;
  if (sends && stanza_samples.IsDue(now)) stanza_samples.Add(now, stanzas());
}

std::uint64_t StreamMeter::stanzas() const {
  return recorder_ ? recorder_->tally().stanzas() : tally_.stanzas.sent;
}

bool StreamMeter::MayRecordMore() const {
  return recorder_ && recorder_->streams() > 0 &&
         recorder_->tally().stanzas() < tally_.stanzas.sent;
}

std::optional<ProcessUsage> StreamMeter::ServerUsage() const {
  return plan_.process ? UsageOf(*plan_.process) : std::nullopt;
}

}  // namespace danegate
