#include "proxy/xmpp/ingress_phase.h"

#include <chrono>
#include <string>

#include "proxy/xmpp/limits.h"
#include "verifier/check.h"

namespace danegate {
namespace {

enum class Party { kPeer, kOwner, kNobody };

struct PhaseRow {
  IngressPhase phase;
  Party awaited;
  std::chrono::seconds time;
  StreamCondition timeout;  // by whose fault it is
  std::string_view what;
};

using enum StreamCondition;

constexpr PhaseRow kRows[] = {
    {IngressPhase::kHeader, Party::kPeer, limits::kHeaderTime,
     kConnectionTimeout, "a stream header"},
    {IngressPhase::kStartTls, Party::kPeer, limits::kStartTlsTime,
     kConnectionTimeout, "<starttls/>"},
    {IngressPhase::kHandshake, Party::kNobody, limits::kHandshakeTime,
     kConnectionTimeout, "the TLS handshake"},
    {IngressPhase::kSecureHeader, Party::kPeer, limits::kHeaderTime,
     kConnectionTimeout, "a stream header inside TLS"},
    {IngressPhase::kAddressee, Party::kOwner, limits::kAddresseeTime,
     kInternalServerError, "the look-up of the addressee"},
    {IngressPhase::kVerdict, Party::kOwner, limits::kVerdictTime,
     kRemoteConnectionFailed, "the DNS"},
    {IngressPhase::kAuth, Party::kPeer, limits::kAuthTime, kConnectionTimeout,
     "<auth/>"},
    {IngressPhase::kDialback, Party::kPeer, limits::kDialbackTime,
     kConnectionTimeout, "dialback"},
    {IngressPhase::kKeys, Party::kPeer, limits::kKeysTime, kConnectionTimeout,
     "dialback keys"},
    {IngressPhase::kBackend, Party::kOwner, limits::kBackendTime,
     kInternalServerError, "the tenant's server"},
    {IngressPhase::kRestart, Party::kPeer, limits::kRestartTime,
     kConnectionTimeout, "the header after <success/>"},
    {IngressPhase::kFeatures, Party::kOwner, limits::kFeaturesTime,
     kInternalServerError, "the tenant's server"},
    {IngressPhase::kClosing, Party::kNobody, limits::kClosingTime,
     kConnectionTimeout, "</stream:stream>"},
};

const PhaseRow* RowOf(IngressPhase phase) {
  for (const auto& row : kRows) {
    if (row.phase == phase) return &row;
  }
  return nullptr;
}

}  // namespace

bool IsReading(IngressPhase phase) {
  const auto* row = RowOf(phase);
  return row != nullptr && row->awaited == Party::kPeer;
}

bool IsWaiting(IngressPhase phase) {
  const auto* row = RowOf(phase);
  return row != nullptr && row->awaited == Party::kOwner;
}

bool IsAuthenticated(IngressPhase phase) {
  return phase >= IngressPhase::kRestart;
}

Instant DeadlineOf(IngressPhase phase, Instant now) {
  const auto* row = RowOf(phase);
  return row == nullptr ? Instant::Never() : now + row->time;
}

StreamError TimeoutOf(IngressPhase phase) {
  const auto* row = RowOf(phase);
  DANEGATE_CHECK(row != nullptr);
  return {row->timeout, "waited too long for " + std::string(row->what)};
}

}  // namespace danegate
