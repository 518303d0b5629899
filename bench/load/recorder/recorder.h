// Recorder is the server behind the edge: it takes every stream that comes,
// with a client certificate or without, and counts the marked stanzas that
// arrive on it.
//
// Lifetime: its loop outlives it. Thread: the loop's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "bench/load/recorder/recorder_tally.h"
#include "proxy/net/listener.h"
#include "proxy/net/loop.h"
#include "proxy/tls/server_context.h"
#include "verifier/credential.h"
#include "verifier/result.h"

namespace danegate {

struct RecorderPlan {
  SocketAddress address;
  bool direct_tls;
  std::shared_ptr<const Credential> credential;  // for every name
};

class Recorder {
 public:
  // Called for each stanza; may be empty.
  using OnStanza = std::function<void(const StanzaMark&)>;

  // Listens. The error says why not.
  static Result<std::unique_ptr<Recorder>, std::string> Open(
      Loop&, const RecorderPlan&, OnStanza);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  RecorderTally& tally() { return tally_; }
  const RecorderTally& tally() const { return tally_; }
  std::size_t streams() const { return sessions_.size(); }
  const SocketAddress& address() const { return listener_->address(); }

 private:
  class Session;

  Recorder(Loop&, const RecorderPlan&, OnStanza);
  void OnAccept(std::unique_ptr<TcpLink>);
  void Retire(std::uint64_t id);

  const bool direct_tls_;
  const OnStanza on_stanza_;
  const ServerContext context_;
  RecorderTally tally_;
  std::uint64_t next_id_ = 0;
  std::unordered_map<std::uint64_t, std::unique_ptr<Session>> sessions_;
  // Those that are over, whose callbacks may still be running.
  std::vector<std::unique_ptr<Session>> ended_;
  std::unique_ptr<Listener> listener_;
  TurnEnd turn_end_;
};

}  // namespace danegate
