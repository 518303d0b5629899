// HandshakeRun makes handshakes with a server: at an even rate (an open loop),
// or so many at a time (a closed one).
//
// The loop runs in Run(), and each handshake is a HandshakeSession. Bounded:
// one handshake takes kTimeLimit at most, and so does what is under way at the
// end.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/handshakes/certificate_check.h"
#include "bench/load/handshakes/handshake_session.h"
#include "bench/load/handshakes/name_list.h"
#include "bench/load/handshakes/tally.h"
#include "bench/load/load_pace.h"
#include "bench/load/measure/samples.h"
#include "bench/load/peers/peer_set.h"
#include "bench/load/progress.h"
#include "proxy/net/address.h"
#include "proxy/net/deadline_wheel.h"
#include "proxy/net/loop.h"
#include "proxy/tls/client_context.h"
#include "verifier/domain.h"

namespace danegate {

struct HandshakePlan {
  SocketAddress target;
  bool direct_tls;
  std::vector<Domain> names;  // at least one
  std::optional<std::uint64_t> seed;
  // Who we are, in turn: the header's `from`, and what is presented, which may
  // be null. At least one.
  std::vector<LoadPeer> peers;
  std::optional<double> rate;  // a second: an open loop
  std::size_t most_at_a_time;
  // It ends with whichever comes first; one of them is set.
  std::optional<std::uint64_t> count;
  std::optional<Duration> duration;
};

class HandshakeRun {
 public:
  static constexpr std::chrono::seconds kTimeLimit{15};

  HandshakeRun(const HandshakePlan&, CertificateCheck&);
  ~HandshakeRun();
  HandshakeRun(const HandshakeRun&) = delete;
  HandshakeRun& operator=(const HandshakeRun&) = delete;

  // Blocks until all is done. SIGINT and SIGTERM let it begin no more; the
  // second one does not wait for those that are under way.
  void Run();

  const HandshakeTally& tally() const { return tally_; }
  // Of completed ones.
  const Samples& samples() const { return samples_; }
  // From the first beginning to the last end.
  Duration took() const { return last_end_ - begin_; }
  bool interrupted() const { return interrupted_; }

 private:
  struct Handshake;

  void OnTick();
  void OnSignal();
  void BeginWhatIsDue(Instant now);
  void Begin(Instant now, Duration delay);
  void OnEnded(std::uint64_t id);
  void Count(const Handshake&);
  void ExpireDue(Instant now);
  void ShowProgress(Instant now);
  void OnTurnEnd();

  const HandshakePlan& plan_;
  CertificateCheck& check_;
  NameOrder order_;
  const ClientContext context_;
  Loop loop_;
  DeadlineWheel wheel_;
  Instant begin_;
  Instant last_end_;
  std::optional<LoadPace> pace_;  // from Run() on
  HandshakeTally tally_;
  Samples samples_;
  bool interrupted_ = false;
  std::uint64_t next_id_ = 0;
  std::map<std::uint64_t, std::unique_ptr<Handshake>> handshakes_;
  // Those that are over, whose callbacks may still be running.
  std::vector<std::unique_ptr<Handshake>> ended_;
  std::optional<Progress> progress_;  // while it runs
  TurnEnd turn_end_;
  Ticker ticker_;
};

}  // namespace danegate
