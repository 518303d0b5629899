#include "proxy/shard/shard.h"

#include <utility>

#include "proxy/shard/ingress_session.h"
#include "proxy/shard/limits.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

std::shared_ptr<const Verdict> TooMany(ClaimedDomain peer,
                                       const std::string& network) {
  auto verdict = std::make_shared<Verdict>(
      std::move(peer), Outcome::kIndeterminate, Reason::kBudgetExhausted);
  verdict->remedy = std::to_string(kMaxVerificationsOfNetwork) +
                    " peers from " + network +
                    " are being verified at this moment; try again in a few "
                    "seconds";
  verdict->expires = Instant{};
  return verdict;
}

// No verdict that is remembered: it costs less than to look one up.
std::shared_ptr<const Verdict> Refused(ClaimedDomain peer,
                                       const ProofPolicy& policy) {
  auto verdict = std::make_shared<Verdict>(peer, Outcome::kDisproved,
                                           Reason::kPeerRefused);
  verdict->remedy = policy.WhyRefused(peer.domain);
  verdict->refusing_list = policy.RefusingList(peer.domain);
  verdict->expires = Instant{};
  return verdict;
}

}  // namespace

Shard::Shard(const ShardSettings& settings, ShardSurroundings surroundings,
             EdgeCa edge_ca)
    : settings_(settings),
      surroundings_(std::move(surroundings)),
      tenants_(surroundings_.tenants),
      edge_ca_(std::move(edge_ca)),
      credentials_(*surroundings_.credentials, credential_inbox_,
                   settings.credential_budget),
      certificates_(credentials_),
      server_context_([this](const WantedName& wanted) {
        return certificates_.Select(*tenants_, wanted, ReadNow().monotonic);
      }),
      wheel_(ReadNow().monotonic),
      next_id_(FirstStreamNumber(settings.index)),
      reply_waker_(loop_, [this] { OnReplies(); }),
      drain_waker_(loop_, [this] { OnDrain(); }),
      list_waker_(loop_, [this] { OnListRequests(); }),
      update_waker_(loop_, [this] { OnUpdates(); }),
      credential_waker_(loop_, [this] { OnCredentialReplies(); }),
      ticker_(loop_, DeadlineWheel::kTick, [this] { OnTick(); }),
      turn_end_(loop_, [this] { OnTurnEnd(); }) {
  inbox_.wake = [this] { reply_waker_.Wake(); };
  credential_inbox_.wake = [this] { credential_waker_.Wake(); };
}

Shard::~Shard() = default;

Result<SocketAddress, std::string> Shard::Listen(const SocketAddress& address,
                                                 bool direct_tls) {
  auto listener = Listener::Open(
      loop_, address,
      [this, direct_tls](std::unique_ptr<TcpLink> link) {
        OnAccept(std::move(link), direct_tls);
      },
      [this](const std::string& why) { events().OnTrouble(why); });
  if (!listener) return Failure(listener.error());
  listeners_.push_back(std::move(*listener));
  return listeners_.back()->address();
}

void Shard::Run() {
  ticker_.Start();
  loop_.Run();
  FinishLinks();
}

// Here and not in the destructor, so that shards do it side by side.
void Shard::FinishLinks() {
  listeners_.clear();
  sessions_.clear();
  retired_.clear();  // nobody is waited for but their last words
  buried_.clear();
  linger_until_ = ReadNow().monotonic + kLastWordsTime;
  if (TcpLink::IsAnyLingering(loop_)) loop_.Run();
  TcpLink::CutOffLingering(loop_);
}

void Shard::Drain() { drain_waker_.Wake(); }

void Shard::ListStreams(StreamListRequest request) {
  list_requests_.Put(request);
  list_waker_.Wake();
}

void Shard::OnListRequests() {
  for (const StreamListRequest& request : list_requests_.Drain()) {
    StreamList list{request.ticket, settings_.index, {}};
    for (const auto& [id, session] : sessions_) {
      list.streams.push_back(session->record());
    }
    request.inbox->lists.Put(std::move(list));
    request.inbox->wake();
  }
}

void Shard::Publish(TenantUpdate update) {
  updates_.Put(std::move(update));
  update_waker_.Wake();
}

// The last ones count, but every change is looked at.
void Shard::OnUpdates() {
  for (TenantUpdate& update : updates_.Drain()) {
    auto before = std::exchange(tenants_, std::move(update.tenants));
    if (update.edge_ca) ReplaceEdgeCa(std::move(update.edge_ca));
    for (const std::string& tenant : *update.changed) {
      OnTenantChanged(tenant, before->FindByName(tenant).get(),
                      tenants_->FindByName(tenant).get());
    }
    update.inbox->done.Put({update.ticket, std::move(before)});
    update.inbox->wake();
  }
}

void Shard::OnTenantChanged(const std::string& name, const Tenant* before,
                            const Tenant* after) {
  ForgetCredentials(before, after);
  const auto tell = [this](const std::vector<std::uint64_t>& ids,
                           const auto& what) {
    for (const std::uint64_t id : ids) {
      const auto session = sessions_.find(id);
      if (session != sessions_.end()) what(*session->second);
    }
  };
  tell(streams_of_tenants_.Of(name),
       [&name](IngressSession& session) { session.OnTenantChanged(name); });
  if (after == nullptr) return;
  for (const Domain& domain : after->domains) {
    tell(streams_of_peers_.Of(domain.ascii()),
         [&domain](IngressSession& session) { session.OnPeerHosted(domain); });
  }
}

// Keys that are not served any more do not stay in memory (E10).
void Shard::ForgetCredentials(const Tenant* before, const Tenant* after) {
  if (before == nullptr || before->credentials == nullptr) return;
  if (after != nullptr && after->credentials == before->credentials) return;
  credentials_.Forget(before->credentials->id());
}

// What was minted by the old one goes with it.
void Shard::ReplaceEdgeCa(std::shared_ptr<const Credential> credential) {
  auto edge_ca = EdgeCa::Create(std::move(credential), ReadNow().wall);
  if (edge_ca) {
    edge_ca_ = *std::move(edge_ca);
  } else {
    events().OnTrouble("edge_ca: " + edge_ca.error());
  }
}

void Shard::OnCredentialReplies() {
  for (CredentialReply& reply : credential_inbox_.replies.Drain()) {
    if (!reply.error.empty()) events().OnTrouble(reply.error);
    const Instant now = ReadNow().monotonic;
    for (const std::uint64_t id : credentials_.OnReply(std::move(reply), now)) {
      const auto session = sessions_.find(id);
      if (session != sessions_.end()) session->second->OnCredentials();
    }
  }
}

void Shard::OnAccept(std::unique_ptr<TcpLink> link, bool direct_tls) {
  const std::uint64_t id = next_id_++;
  counters_.accepted.Add();
  counters_.open.Add();
  auto& session = sessions_[id];
  session =
      std::make_unique<IngressSession>(*this, id, std::move(link), direct_tls);
  session->Start();
  if (sessions_.size() < settings_.max_connections) return;
  for (const auto& listener : listeners_) listener->SetAccepting(false);
}

std::shared_ptr<const Verdict> Shard::Verify(
    const VerifierQuestion& question, ClaimedDomain peer,
    CertificateChain chain, std::shared_ptr<const ProofPolicy> policy,
    const std::string& network) {
  if (!policy->RefusingList(peer.domain).empty()) {
    return Refused(std::move(peer), *policy);
  }
  const auto found = surroundings_.verifier->memory().Find(peer, chain, *policy,
                                                           ReadNow().monotonic);
  if (found) {
    counters_.remembered.Add();
    if (found->to_promote) {
      requests_.push_back(PromoteRequest{peer.domain, *found->to_promote});
    }
    return found->verdict;
  }
  std::size_t& of_network = asked_by_network_[network];
  if (of_network >= kMaxVerificationsOfNetwork) {
    return TooMany(std::move(peer), network);
  }
  ++of_network;
  const std::uint64_t ticket = ++next_ticket_;
  asked_.emplace(ticket, Asked{question, network});
  requests_.push_back(VerdictRequest{ticket, std::move(peer), std::move(chain),
                                     std::move(policy), network, &inbox_});
  return nullptr;
}

bool Shard::IsDown(const Tenant& tenant, const Backend& backend,
                   const Domain& to) const {
  const auto target = HealthTarget::Of(tenant, backend);
  return (target && surroundings_.health->IsDown(*target)) ||
         backend_failures_.Has(backend, to, ReadNow().monotonic);
}

void Shard::FindRoute(const VerifierQuestion& question, const Domain& domain) {
  const std::uint64_t ticket = ++next_ticket_;
  asked_.emplace(ticket, Asked{question, std::nullopt});
  requests_.push_back(
      RouteRequest{ticket, domain, stream_ids_.NextNumber(), &inbox_});
}

// Null if the session did not wait.
IngressSession* Shard::TakeAsked(std::uint64_t ticket,
                                 VerifierQuestion* question) {
  const auto asked = asked_.find(ticket);
  DANEGATE_CHECK(asked != asked_.end());
  *question = asked->second.question;
  if (asked->second.network) {
    const auto of_network = asked_by_network_.find(*asked->second.network);
    if (--of_network->second == 0) asked_by_network_.erase(of_network);
  }
  asked_.erase(asked);
  const auto session = sessions_.find(question->session);
  return session == sessions_.end() ? nullptr : session->second.get();
}

void Shard::OnReplies() {
  VerifierQuestion question{};
  for (const VerifierReply& reply : inbox_.replies.Drain()) {
    if (const auto* verdict = std::get_if<VerdictReply>(&reply)) {
      auto* session = TakeAsked(verdict->ticket, &question);
      if (session == nullptr) continue;
      session->OnVerdict(question, verdict->verdict, verdict->from_cache);
    } else if (const auto* route = std::get_if<RouteReply>(&reply)) {
      auto* session = TakeAsked(route->ticket, &question);
      if (session != nullptr) session->OnRoute(question, route->route);
    }
  }
}

void Shard::OnTick() {
  const Now clocks = ReadNow();
  const Instant now = clocks.monotonic;
  if (linger_until_ != Instant::Never()) {
    if (now >= linger_until_ || !TcpLink::IsAnyLingering(loop_)) loop_.Stop();
    return;
  }
  if (clock_watch_.HasJumped(clocks)) {
    for (const auto& [id, session] : sessions_) session->OnClockJump(now);
  }
  for (const std::uint64_t id : wheel_.TakeDue(now)) {
    const auto session = sessions_.find(id);
    if (session != sessions_.end()) session->second->OnDeadline(now);
  }
  if (draining_ && now >= drain_until_) return loop_.Stop();
  OnTurnEnd();
}

void Shard::Retire(std::uint64_t id) { retired_.push_back(id); }

void Shard::OnTurnEnd() {
  if (!requests_.empty()) {
    surroundings_.verifier->Submit(std::exchange(requests_, {}));
  }
  buried_.clear();
  events().OnTurnEnd();
  if (retired_.empty()) return;
  for (const std::uint64_t id : std::exchange(retired_, {})) {
    counters_.open.Subtract(sessions_.erase(id));
  }
  if (sessions_.size() < settings_.max_connections) {
    for (const auto& listener : listeners_) listener->SetAccepting(true);
  }
  StopIfDone();
}

void Shard::OnDrain() {
  if (draining_) return;
  draining_ = true;
  drain_until_ = ReadNow().monotonic + settings_.drain_time;
  listeners_.clear();
  // Drain() may retire sessions, which leaves the map alone.
  for (const auto& [id, session] : sessions_) session->Drain();
  StopIfDone();
}

void Shard::StopIfDone() {
  if (draining_ && sessions_.empty()) loop_.Stop();
}

}  // namespace danegate
