// Asking runs a Resolver on a loop of its own until its questions are answered.
// For tests beside tests/support/lab/with_dns.py.
#pragma once

#include <uv.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "verifier/resolver.h"

namespace danegate::testing {

// Forwards to the lab's relay.
ResolverSettings LabSettings();
// The same, past the relay: for many questions.
ResolverSettings TreeSettings();

// A loop that closes what is left on it at its end.
class TestLoop {
 public:
  TestLoop();
  ~TestLoop();
  TestLoop(const TestLoop&) = delete;
  TestLoop& operator=(const TestLoop&) = delete;

  uv_loop_t* get() { return &loop_; }
  // Waits for one turn of events, at most `limit`.
  void Turn(std::chrono::milliseconds limit);

 private:
  uv_loop_t loop_;
  uv_timer_t timer_;
};

class Asking {
 public:
  // Ends the test program if the settings are refused.
  explicit Asking(const ResolverSettings& settings = LabSettings());

  // Waits for the answer; at most Resolver::kTimeLimit.
  Answer Ask(const std::string& name, RecordType type);
  // All at once; the answers stand in the order of the questions.
  std::vector<Answer> AskAll(const std::vector<Question>& questions);

  Resolver& resolver() { return *resolver_; }
  TestLoop& loop() { return loop_; }

 private:
  TestLoop loop_;
  std::unique_ptr<Resolver> resolver_;
};

}  // namespace danegate::testing
