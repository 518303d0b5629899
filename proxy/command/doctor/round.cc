#include "proxy/command/doctor/round.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "proxy/command/doctor/visit.h"
#include "proxy/net/loop.h"
#include "proxy/net/tcp_link.h"
#include "tenants/served_chains.h"
#include "verifier/clock.h"
#include "verifier/https_fetch.h"
#include "verifier/resolver.h"

namespace danegate {
namespace {

constexpr std::chrono::milliseconds kTick{20};

// One tenant that is being visited.
struct Patient {
  TenantDiagnosis diagnosis;
  std::optional<Expectation> expected;
  std::size_t begun = 0;  // domains
  std::size_t done = 0;
};

void NoteOnce(Finding finding, std::vector<Finding>& findings) {
  if (std::find(findings.begin(), findings.end(), finding) == findings.end()) {
    findings.push_back(std::move(finding));
  }
}

// Visits end in any order.
void Summarize(TenantDiagnosis& diagnosis) {
  std::vector<DomainDiagnosis> sorted;
  for (const Domain& domain : diagnosis.tenant->domains) {
    for (DomainDiagnosis& one : diagnosis.domains) {
      if (one.domain == domain) sorted.push_back(std::move(one));
    }
  }
  diagnosis.domains = std::move(sorted);
  for (const DomainDiagnosis& one : diagnosis.domains) {
    for (const Finding& finding : one.findings) {
      NoteOnce(finding, diagnosis.findings);
    }
  }
}

class Round {
 public:
  Round(const RoundRequest& request, const VerifierSettings& settings)
      : request_(request),
        guard_(settings.posh_guard),
        around_{loop_, *request.configuration.tenants, guard_, settings.posh,
                request.connect},
        first_turn_(loop_, [] {}),
        turn_(loop_, [this] { Pump(); }),
        ticker_(loop_, kTick, [] {}) {
    for (const auto& tenant : request.tenants) {
      patients_.push_back({{tenant, {}, {}}, std::nullopt});
      total_ += tenant->domains.size();
    }
  }

  ~Round() {
    visits_.clear();
    TcpLink::CutOffLingering(loop_);
  }

  std::string Open(const VerifierSettings& settings) {
    auto resolver = Resolver::Open(settings.resolver, loop_.get());
    if (!resolver) return resolver.error();
    auto fetch = HttpsFetch::Open(loop_.get(), settings.https);
    if (!fetch) return fetch.error();
    resolver_ = *std::move(resolver);
    fetch_ = *std::move(fetch);
    return {};
  }

  std::vector<TenantDiagnosis> Run() {
    ticker_.Start();
    first_turn_.Wake();
    loop_.Run();
    ticker_.Stop();
    std::vector<TenantDiagnosis> diagnoses;
    for (Patient& patient : patients_) {
      diagnoses.push_back(std::move(patient.diagnosis));
    }
    return diagnoses;
  }

 private:
  struct UnderWay {
    std::size_t patient;
    std::unique_ptr<Visit> visit;
  };

  // What is answered from a cache is answered at once, so this goes on until
  // nothing moves.
  void Pump() {
    if (is_over_) return;
    const Now now = ReadNow();
    resolver_->OnDeadline(now);
    for (auto& [ticket, open] : visits_) open.visit->OnDeadline(now);
    while (Step(now)) {
    }
    if (!visits_.empty() || next_ < patients_.size()) return;
    is_over_ = true;
    loop_.Stop();
  }

  bool Step(Now now) {
    bool moved = false;
    while (visits_.size() < kVisits && next_ < patients_.size()) {
      moved = true;
      BeginNext(now);
    }
    for (auto& [ticket, open] : visits_) {
      open.visit->Advance(now);
      moved |= AskFor(ticket, *open.visit, now);
    }
    moved |= TakeAnswers(now);
    return EndDone() || moved;
  }

  void BeginNext(Now now) {
    Patient& patient = patients_[next_];
    const Tenant& tenant = *patient.diagnosis.tenant;
    if (patient.begun == 0 && !Admit(patient, now)) {
      ++next_;
      return;
    }
    visits_.emplace(++last_ticket_,
                    UnderWay{next_, std::make_unique<Visit>(
                                        tenant.domains[patient.begun], around_,
                                        *patient.expected, now)});
    if (++patient.begun == tenant.domains.size()) ++next_;
  }

  // False for a tenant that there is nothing to look up for.
  bool Admit(Patient& patient, Now now) {
    const Settings& settings = request_.configuration.settings;
    const Tenant& tenant = *patient.diagnosis.tenant;
    if (tenant.domains.empty()) return false;
    const auto edge = ChainsOfEdge(settings);
    const auto own = ChainsOf(tenant, settings);
    if (!edge || !own) {
      patient.diagnosis.findings.push_back(
          {Severity::kError, Mistake::kNotProved,
           edge ? own.error() : edge.error(), "see danegate check"});
      Count(tenant.domains.size());
      return false;
    }
    patient.expected.emplace(
        Expectation{tenant, settings, request_.roots, now.wall,
                    RecordsOf(tenant, settings, {*own, *edge}),
                    TargetsOf(tenant, settings)});
    return true;
  }

  bool AskFor(std::uint64_t ticket, Visit& visit, Now now) {
    bool asked = false;
    while (auto question = visit.NextQuestion()) {
      resolver_->Ask(ticket, *question, now);
      asked = true;
    }
    while (auto request = visit.NextRequest()) {
      fetch_->Fetch(ticket, *request, now);
      asked = true;
    }
    return asked;
  }

  // Whose visit is over needs no answer any more.
  bool TakeAnswers(Now now) {
    bool taken = false;
    while (auto reply = resolver_->NextAnswer()) {
      const auto found = visits_.find(reply->ticket);
      if (found != visits_.end()) found->second.visit->OnAnswer(reply->answer);
      taken = true;
    }
    while (auto reply = fetch_->NextReply()) {
      const auto found = visits_.find(reply->ticket);
      if (found != visits_.end()) {
        found->second.visit->OnReply(reply->reply, now);
      }
      taken = true;
    }
    return taken;
  }

  bool EndDone() {
    bool ended = false;
    for (auto at = visits_.begin(); at != visits_.end();) {
      if (!at->second.visit->is_done()) {
        ++at;
        continue;
      }
      Note(patients_[at->second.patient], at->second.visit->TakeFacts());
      at = visits_.erase(at);
      ended = true;
      Count(1);
    }
    return ended;
  }

  void Note(Patient& patient, const DomainFacts& facts) {
    TenantDiagnosis& diagnosis = patient.diagnosis;
    diagnosis.domains.push_back(Diagnose(facts, *patient.expected));
    if (++patient.done < diagnosis.tenant->domains.size()) return;
    patient.expected.reset();  // thousands of them may follow
    Summarize(diagnosis);
  }

  void Count(std::size_t domains) {
    done_ += domains;
    if (request_.on_progress) request_.on_progress(done_, total_);
  }

  const RoundRequest& request_;
  Loop loop_;
  const AddressGuard guard_;
  const VisitSurroundings around_;
  Waker first_turn_;  // keeps the loop alive too
  TurnEnd turn_;
  Ticker ticker_;
  std::unique_ptr<Resolver> resolver_;
  std::unique_ptr<HttpsFetch> fetch_;
  std::vector<Patient> patients_;
  std::size_t next_ = 0;  // whose domains are begun next
  std::map<std::uint64_t, UnderWay> visits_;
  std::uint64_t last_ticket_ = 0;
  std::size_t done_ = 0;
  std::size_t total_ = 0;
  bool is_over_ = false;
};

}  // namespace

Result<std::vector<TenantDiagnosis>, std::string> MakeRound(
    const RoundRequest& request) {
  const VerifierSettings settings =
      request.configuration.settings.ToVerifierSettings();
  Round round(request, settings);
  if (auto error = round.Open(settings); !error.empty()) {
    return Failure(std::move(error));
  }
  return round.Run();
}

}  // namespace danegate
