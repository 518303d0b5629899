// StreamRecord is what is known about one inbound stream: the access log's line
// (ops/access_log.h) is written from it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "verifier/verdict.h"

namespace danegate {

struct StreamRecord {
  std::uint64_t stream = 0;  // unique in this process, below 2^53
  std::string remote;        // "192.0.2.1:40000"
  std::string listener;      // "starttls" or "direct_tls"
  std::chrono::system_clock::time_point accepted;

  // As claimed until proven, then as proven; empty before a header came.
  std::string peer;
  std::string to;
  std::string tenant;

  std::string tls_version, cipher, sni;

  // After the verification.
  std::optional<Outcome> outcome;
  std::string proof;  // the prooftype, for a proved peer
  std::string proof_reason;

  std::string backend;  // "10.0.3.7:5269"
  bool established = false;

  // How it ended: one word, the condition that was sent or came, a sentence.
  std::string reason, condition, detail;

  std::uint64_t bytes_in = 0;   // from the peer, above TCP
  std::uint64_t bytes_out = 0;  // to the peer
  std::uint64_t stanzas = 0;    // relayed to the backend
};

// StreamEvents is told about the milestones of streams. Called on one shard's
// thread; must not block.
class StreamEvents {
 public:
  virtual ~StreamEvents() = default;
  virtual void OnVerdict(const StreamRecord&, const Verdict&, bool from_cache,
                         std::chrono::microseconds took) = 0;
  virtual void OnEstablished(const StreamRecord&) = 0;
  // A backend could not be used, and the tenant's next one is tried.
  virtual void OnBackendSkipped(const StreamRecord&,
                                const std::string& why) = 0;
  // A backend could not be used, and there is no next one; or it broke a
  // stream that it had taken.
  virtual void OnBackendFailed(const StreamRecord&, const std::string& why) = 0;
  // Something that the operator should mend, of no stream in particular.
  virtual void OnTrouble(const std::string& what) = 0;
  // Exactly once for every accepted connection.
  virtual void OnStreamEnd(const StreamRecord&) = 0;
  // Nothing more comes in this turn of the shard's loop.
  virtual void OnTurnEnd() = 0;
};

}  // namespace danegate
