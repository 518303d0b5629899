#include "proxy/shard/health/recent_failures.h"

#include <algorithm>
#include <tuple>

namespace danegate {
namespace {

auto AddressOf(const Backend& backend) {
  return std::tie(backend.host, backend.port);
}

auto StreamOf(const Backend& backend, const Domain& to) {
  return std::tie(backend.host, backend.port, backend.hand_off, backend.secret,
                  backend.tls, backend.proxy_protocol, backend.trust,
                  to.ascii());
}

template <class Failures>
void MakeRoom(Failures* failures, Instant now) {
  if (failures->size() < RecentFailures::kMost) return;
  std::erase_if(*failures,
                [now](const auto& entry) { return entry.second <= now; });
  if (failures->size() < RecentFailures::kMost) return;
  failures->erase(std::min_element(
      failures->begin(), failures->end(),
      [](const auto& a, const auto& b) { return a.second < b.second; }));
}

template <class Failures, class Key>
bool IsNoted(const Failures& failures, const Key& key, Instant now) {
  const auto found = failures.find(key);
  return found != failures.end() && now < found->second;
}

}  // namespace

void RecentFailures::NoteAddress(const Backend& backend, Instant now) {
  MakeRoom(&addresses_, now);
  addresses_.insert_or_assign(AddressOf(backend), now + kMemory);
}

void RecentFailures::NoteStream(const Backend& backend, const Domain& to,
                                Instant now) {
  MakeRoom(&streams_, now);
  streams_.insert_or_assign(StreamOf(backend, to), now + kMemory);
}

bool RecentFailures::Has(const Backend& backend, const Domain& to,
                         Instant now) const {
  return IsNoted(addresses_, AddressOf(backend), now) ||
         IsNoted(streams_, StreamOf(backend, to), now);
}

}  // namespace danegate
