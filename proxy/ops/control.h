// Control answers `danegate ctl` on a UNIX socket, on a thread of its own: one
// line is a question, one JSON object the answer (control_answer.h).
//
//   status | streams | tenants | verdicts | flush DOMAIN | reload [force] |
//   drain
//
// It asks the shards and the verifier threads by messages and waits for none of
// them: where an answer does not come within kPatience, an error does.
//
// Lifetime: Stop() before the edge goes; destroyed after it, for the edge's
// threads may answer until their end. Thread: all on the one that Open() was
// called on, but for `drain`, which is called on Control's own.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "proxy/net/local_server.h"
#include "proxy/net/loop.h"
#include "proxy/ops/edge.h"
#include "proxy/ops/reloader.h"
#include "proxy/shard/stream_list.h"
#include "verifier/instant.h"
#include "verifier/memory_request.h"

namespace danegate {

struct ControlSubject {
  Edge& edge;
  Reloader& reloader;
  std::string version;
  std::function<void()> drain;
};

class Control {
 public:
  static constexpr std::chrono::seconds kPatience{3};
  // Of a reload, which may have a hundred thousand files to look at.
  static constexpr std::chrono::seconds kReloadPatience{9};

  // The error says why there can be no socket at `path`.
  static Result<std::unique_ptr<Control>, std::string> Open(
      const std::string& path, ControlSubject);
  ~Control();
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  // Answers nobody any more.
  void Stop();

 private:
  // A question that others have been asked about.
  struct Pending {
    std::uint64_t connection;
    std::size_t missing;  // answers
    Instant until;
    std::vector<StreamList> lists;
    std::vector<MemoryReply> replies;
    std::optional<Domain> forgotten;
    std::optional<ReloadReport> report;
  };

  explicit Control(ControlSubject);

  void OnLine(std::uint64_t connection, const std::string& line);
  void OnFlush(std::uint64_t connection, const std::string& domain);
  void OnAnswers();
  void OnTick();
  void AskShards(std::uint64_t connection);
  std::uint64_t Await(std::uint64_t connection, std::size_t answers,
                      std::chrono::seconds patience = kPatience);
  void AnswerIfComplete(std::uint64_t ticket);
  std::string Status() const;

  const ControlSubject subject_;
  const Instant started_;
  std::uint64_t next_ticket_ = 1;
  std::map<std::uint64_t, Pending> pending_;
  StreamListInbox lists_;
  MemoryInbox replies_;
  ReloadInbox reports_;
  Loop loop_;
  Waker answers_;
  Waker stop_;
  Ticker ticker_;
  std::unique_ptr<LocalServer> server_;
  std::thread thread_;
};

}  // namespace danegate
