#include "proxy/ops/control.h"

#include <utility>

#include "proxy/ops/control_answer.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

constexpr std::chrono::milliseconds kTick{250};
constexpr char kFlush[] = "flush ";

}  // namespace

Control::Control(ControlSubject subject)
    : subject_(std::move(subject)),
      started_(MonotonicNow()),
      answers_(loop_, [this] { OnAnswers(); }),
      stop_(loop_, [this] { loop_.Stop(); }),
      ticker_(loop_, kTick, [this] { OnTick(); }) {
  lists_.wake = replies_.wake = reports_.wake = [this] { answers_.Wake(); };
}

Result<std::unique_ptr<Control>, std::string> Control::Open(
    const std::string& path, ControlSubject subject) {
  std::unique_ptr<Control> control(new Control(std::move(subject)));
  auto server =
      LocalServer::Open(control->loop_, path,
                        [self = control.get()](std::uint64_t connection,
                                               const std::string& line) {
                          self->OnLine(connection, line);
                        });
  if (!server) return Failure("control: " + server.error());
  control->server_ = *std::move(server);
  control->ticker_.Start();
  control->thread_ = std::thread([self = control.get()] { self->loop_.Run(); });
  return control;
}

Control::~Control() { Stop(); }

void Control::Stop() {
  if (!thread_.joinable()) return;
  stop_.Wake();
  thread_.join();
  server_.reset();
}

void Control::OnLine(std::uint64_t connection, const std::string& line) {
  if (line == "status") return server_->Answer(connection, Status());
  if (line == "streams") return AskShards(connection);
  if (line.starts_with(kFlush)) {
    return OnFlush(connection, line.substr(sizeof kFlush - 1));
  }
  if (line == "verdicts") {
    VerifierService& verifier = subject_.edge.verifier();
    const auto ticket = Await(connection, verifier.thread_count());
    verifier.ListRefusals(ticket, &replies_);
    return;
  }
  if (line == "tenants") {
    return server_->Answer(
        connection,
        TenantsJson(*subject_.reloader.tenants(), *subject_.reloader.status()));
  }
  if (line == "reload" || line == "reload force") {
    const auto ticket = Await(connection, 1, kReloadPatience);
    subject_.reloader.Reload({ticket, &reports_, line == "reload force"});
    return;
  }
  if (line == "drain") {
    server_->Answer(connection, DrainingJson());
    subject_.drain();
    return;
  }
  server_->Answer(connection,
                  ErrorJson("expected status, streams, tenants, verdicts, "
                            "flush DOMAIN, reload [force] or drain; found \"" +
                            line + "\""));
}

void Control::OnFlush(std::uint64_t connection, const std::string& text) {
  auto domain = Domain::Parse(text);
  if (!domain) {
    return server_->Answer(
        connection,
        ErrorJson("flush: expected a domain; found \"" + text + "\""));
  }
  const auto ticket = Await(connection, 1);
  pending_.at(ticket).forgotten = *domain;
  subject_.edge.verifier().Forget(*domain, ticket, &replies_);
}

void Control::AskShards(std::uint64_t connection) {
  const auto& shards = subject_.edge.shards();
  const auto ticket = Await(connection, shards.size());
  for (const auto& shard : shards) shard->ListStreams({ticket, &lists_});
}

std::uint64_t Control::Await(std::uint64_t connection, std::size_t answers,
                             std::chrono::seconds patience) {
  const auto ticket = next_ticket_++;
  pending_.emplace(
      ticket,
      Pending{connection, answers, MonotonicNow() + patience, {}, {}, {}, {}});
  return ticket;
}

void Control::OnAnswers() {
  for (StreamList& list : lists_.lists.Drain()) {
    const auto ticket = list.ticket;
    const auto found = pending_.find(ticket);
    if (found == pending_.end()) continue;
    found->second.lists.push_back(std::move(list));
    AnswerIfComplete(ticket);
  }
  for (MemoryReply& reply : replies_.replies.Drain()) {
    const auto ticket = reply.ticket;
    const auto found = pending_.find(ticket);
    if (found == pending_.end()) continue;
    found->second.replies.push_back(std::move(reply));
    AnswerIfComplete(ticket);
  }
  for (ReloadReport& report : reports_.reports.Drain()) {
    const auto ticket = report.ticket;
    const auto found = pending_.find(ticket);
    if (found == pending_.end()) continue;
    found->second.report = std::move(report);
    AnswerIfComplete(ticket);
  }
}

void Control::AnswerIfComplete(std::uint64_t ticket) {
  const auto found = pending_.find(ticket);
  Pending& pending = found->second;
  if (--pending.missing > 0) return;
  const std::string answer =
      pending.report ? ReloadJson(*pending.report, *subject_.reloader.status(),
                                  subject_.reloader.tenants()->size())
      : pending.forgotten
          ? ForgottenJson(*pending.forgotten, pending.replies.front().forgotten)
      : pending.lists.empty()
          ? RefusalsJson(pending.replies, *subject_.reloader.tenants())
          : StreamsJson(pending.lists);
  server_->Answer(pending.connection, answer);
  pending_.erase(found);
}

void Control::OnTick() {
  const Instant now = MonotonicNow();
  std::erase_if(pending_, [this, now](const auto& entry) {
    if (now < entry.second.until) return false;
    if (!entry.second.lists.empty()) {  // other shards have ended
      server_->Answer(entry.second.connection, StreamsJson(entry.second.lists));
      return true;
    }
    server_->Answer(entry.second.connection,
                    ErrorJson("the edge did not answer in time: it is ending, "
                              "or it has too much to do"));
    return true;
  });
}

std::string Control::Status() const {
  const Edge& edge = subject_.edge;
  std::vector<const Counters*> shards;
  for (const auto& shard : edge.shards()) shards.push_back(&shard->counters());
  return ToJson(ControlStatus{
      subject_.version,
      std::chrono::duration_cast<std::chrono::seconds>(MonotonicNow() -
                                                       started_),
      edge.is_draining(), edge.starttls(), edge.direct_tls(),
      *subject_.reloader.tenants(), *subject_.reloader.status(), shards,
      edge.verifier().thread_count(), edge.verifier().counters(),
      edge.health().ListDown()});
}

}  // namespace danegate
