// LoadStream is one stream that the load generator opens, as a peer to a
// tenant: it joins an EgressSession, which is how danegate itself opens streams
// to backends, with the stanzas that are to be sent.
//
// Lifetime: its owner may destroy it at any time but within one of its
// callbacks. Thread: the loop's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "bench/load/peers/peer_set.h"
#include "bench/load/stanzas/marked_stanza.h"
#include "proxy/net/deadline_wheel.h"
#include "proxy/shard/egress_session.h"

namespace danegate {

class LoadStream;

class LoadStreamOwner {
 public:
  // The stream may carry stanzas.
  virtual void OnOpened(LoadStream&) = 0;
  // It is over; `error` is empty after an orderly close. Once, and the last.
  virtual void OnEnded(LoadStream&, const std::string& error) = 0;

 protected:
  ~LoadStreamOwner() = default;
};

// Whom a stream is to, and by which way.
struct LoadTarget {
  Backend server;  // the edge, or another server
  bool direct_tls;
};

class LoadStream final : private EgressOwner {
 public:
  LoadStream(LoadStreamOwner&, DeadlineWheel&, const ClientContext&,
             const LoadTarget&, const LoadPeer&, const Domain& tenant,
             StanzaKind, std::uint32_t number);

  // Begins to connect, which was due at `due`: began(). The error says why not
  // even that could be tried.
  std::string Start(Loop&, Instant due);
  // Writes the next stanza, for the next Flush(). REQUIRES: opened.
  void Add(std::size_t size, Instant due);
  void Flush();
  // "</stream:stream>"; OnEnded() follows.
  void Finish();
  void OnDeadline(Instant now) { session_.OnDeadline(now); }

  std::uint32_t number() const { return number_; }
  std::uint64_t sent() const { return sent_; }
  std::uint64_t sent_octets() const { return sent_octets_; }
  // Octets that the other side has not taken yet.
  std::size_t unsent() const { return session_.unsent() + outbox_.size(); }
  bool opened() const { return opened_; }
  bool finishing() const { return finishing_; }
  Instant began() const { return began_; }

 private:
  void OnBackendReady() override { session_.Restart({}); }
  void OnBackendFeatures(const std::string&) override;
  void OnBackendDrained() override {}
  void OnBackendEnded(const action::Close&) override;
  void OnBackendProgress() override;

  LoadStreamOwner& owner_;
  DeadlineWheel& wheel_;
  const StanzaWriter writer_;
  const std::uint32_t number_;
  EgressSession session_;
  Deadline deadline_;
  Instant began_;
  std::string outbox_;
  std::uint64_t sent_ = 0;
  std::uint64_t sent_octets_ = 0;
  bool opened_ = false;
  bool finishing_ = false;
};

}  // namespace danegate
