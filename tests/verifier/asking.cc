#include "tests/verifier/asking.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "verifier/check.h"
#include "verifier/clock.h"

namespace danegate::testing {

namespace {

std::string FromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  if (value != nullptr) return value;
  std::fprintf(stderr, "%s is not set: run this with with_dns.py\n", name);
  std::exit(70);
}

ResolverSettings SettingsFor(const char* server) {
  return {.trust_anchor_files = {FromEnvironment("DANEGATE_TEST_ANCHOR")},
          .forward = {FromEnvironment(server)},
          .root_hints = "",
          .options = {{"do-not-query-localhost:", "no"}, {"do-ip6:", "no"}}};
}

}  // namespace

ResolverSettings LabSettings() { return SettingsFor("DANEGATE_TEST_DNS"); }
ResolverSettings TreeSettings() { return SettingsFor("DANEGATE_TEST_TREE"); }

TestLoop::TestLoop() {
  uv_loop_init(&loop_);
  uv_timer_init(&loop_, &timer_);
}

TestLoop::~TestLoop() {
  uv_close(reinterpret_cast<uv_handle_t*>(&timer_), nullptr);
  uv_run(&loop_, UV_RUN_DEFAULT);
  DANEGATE_CHECK(uv_loop_close(&loop_) == 0);
}

void TestLoop::Turn(std::chrono::milliseconds limit) {
  uv_timer_start(
      &timer_, [](uv_timer_t*) {}, static_cast<std::uint64_t>(limit.count()),
      0);
  uv_run(&loop_, UV_RUN_ONCE);
}

Asking::Asking(const ResolverSettings& settings) {
  auto resolver = Resolver::Open(settings, loop_.get());
  if (!resolver) {
    std::fprintf(stderr, "%s\n", resolver.error().c_str());
    std::exit(70);
  }
  resolver_ = *std::move(resolver);
}

Answer Asking::Ask(const std::string& name, RecordType type) {
  return AskAll({{name, type}}).front();
}

std::vector<Answer> Asking::AskAll(const std::vector<Question>& questions) {
  std::vector<Answer> answers(questions.size());
  for (std::size_t i = 0; i < questions.size(); ++i) {
    resolver_->Ask(i, questions[i], ReadNow());
  }
  std::size_t open = questions.size();
  while (true) {
    while (auto reply = resolver_->NextAnswer()) {
      answers.at(reply->ticket) = std::move(reply->answer);
      --open;
    }
    if (open == 0) return answers;
    loop_.Turn(std::chrono::milliseconds(100));
    resolver_->OnDeadline(ReadNow());
  }
}

}  // namespace danegate::testing
