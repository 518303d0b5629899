#include "bench/load/streams/load_stream.h"

#include "proxy/xmpp/bytes.h"
#include "proxy/xmpp/close_reason.h"
#include "verifier/check.h"
#include "verifier/release.h"

namespace danegate {
namespace {

// Kept for the next stanzas; a larger buffer is given back.
constexpr std::size_t kMostKept = 4096;

std::string WhyEnded(const action::Close& close, bool opened, bool finishing) {
  if (finishing && !close.error &&
      close.reason == ToString(CloseReason::kClosed)) {
    return "";
  }
  const std::string when = opened ? "open stream: " : "set-up: ";
  return when + (close.detail.empty() ? close.reason : close.detail);
}

}  // namespace

LoadStream::LoadStream(LoadStreamOwner& owner, DeadlineWheel& wheel,
                       const ClientContext& context, const LoadTarget& target,
                       const LoadPeer& peer, const Domain& tenant,
                       StanzaKind kind, std::uint32_t number)
    : owner_(owner),
      wheel_(wheel),
      writer_(peer.domain, tenant, kind),
      number_(number),
      session_(*this, context,
               {&target.server,
                {peer.domain, tenant, target.direct_tls},
                peer.credential,
                ""}),
      deadline_(number) {}

std::string LoadStream::Start(Loop& loop, Instant due) {
  began_ = due;
  std::string why = session_.Start(loop);
  if (why.empty()) OnBackendProgress();
  return why;
}

void LoadStream::OnBackendProgress() {
  const Instant at = session_.deadline();
  if (at != deadline_.at()) wheel_.Set(deadline_, at);
}

void LoadStream::OnBackendFeatures(const std::string&) {
  opened_ = true;
  owner_.OnOpened(*this);
}

void LoadStream::OnBackendEnded(const action::Close& close) {
  deadline_.Cancel();
  owner_.OnEnded(*this, WhyEnded(close, opened_, finishing_));
}

void LoadStream::Add(std::size_t size, Instant due) {
  DANEGATE_CHECK(opened_);
  writer_.Append(outbox_, {size, number_, sent_, due});
  ++sent_;
  sent_octets_ += size;
}

void LoadStream::Flush() {
  if (outbox_.empty()) return;
  session_.Relay(AsBytes(outbox_));
  outbox_.clear();
  if (outbox_.capacity() > kMostKept) Release(outbox_);
}

void LoadStream::Finish() {
  Flush();
  finishing_ = true;
  session_.Finish();
}

}  // namespace danegate
